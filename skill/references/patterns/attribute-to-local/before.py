class Account:
    def __init__(self):
        self.rate = 3
        self.sums = []

    def fill(self, numbers):
        for number in numbers:
            if number % 2:
                self.sums.append(number * self.rate)
            else:
                self.sums.append(number + self.rate)


def run():
    account = Account()
    account.fill(range(10000))
    return sum(account.sums)
