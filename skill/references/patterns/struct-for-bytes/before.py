def run():
    out = bytearray()
    for n in range(3000):
        out += (n).to_bytes(4, "little")
        out += (n * 3 & 0xFFFF).to_bytes(2, "little")
        out += (n & 0xFF).to_bytes(1, "little")
    return bytes(out)
