class Account:
    def __init__(self):
        self.rate = 3
        self.sums = []

    def fill(self, numbers):
        rate = self.rate
        add = self.sums.append
        for number in numbers:
            if number % 2:
                add(number * rate)
            else:
                add(number + rate)


def run():
    account = Account()
    account.fill(range(10000))
    return sum(account.sums)
