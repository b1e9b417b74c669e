import struct

ROW = struct.Struct("<IHB")


def run():
    out = bytearray()
    for n in range(3000):
        out += ROW.pack(n, n * 3 & 0xFFFF, n & 0xFF)
    return bytes(out)
