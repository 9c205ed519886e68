"""Prints vectors for check_num: the digits of Python's repr, in Java's layout, and float().

Arguments: how many of each, and a seed. Python's digits are the shortest, and so Java's are too but
where one digit is enough: Java then takes the nearest of two digits. Those doubles (a few very small
ones) are left to make_num.java.
"""

import random
import struct
import sys


def java_layout(text):
    sign, text = ("-", text[1:]) if text[0] == "-" else ("", text)
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent10 = int(exponent or 0) - len(fraction) + len(digits) - 1
    digits = digits.rstrip("0")
    if not -3 <= exponent10 < 7:
        return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent10}"
    if exponent10 < 0:
        return f"{sign}0.{'0' * (-exponent10 - 1)}{digits}"
    digits = digits.ljust(exponent10 + 1, "0")
    return f"{sign}{digits[: exponent10 + 1]}.{digits[exponent10 + 1 :] or '0'}"


def bits(value):
    return struct.pack(">d", value).hex()


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    made = 0
    while made < count:
        value = struct.unpack(">d", rng.randbytes(8))[0]
        if made % 4 == 1:
            value = rng.randrange(10**9) / 10 ** rng.randrange(9)
        if value != value or value in (float("inf"), float("-inf"), 0) or abs(value) < 1e-300:
            continue
        made += 1
        print(f"print\t{bits(value)}\t{java_layout(repr(value))}")
        digits = rng.randrange(1, 40)
        text = f"{rng.randrange(10**digits)}e{rng.randrange(-360, 320)}"
        print(f"parse\t{text}\t{bits(float(text))}")


if __name__ == "__main__":
    main()
