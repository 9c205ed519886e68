"""Prints vectors for check_decimal, made with Python's decimal: every operation under every rounding.

Arguments: how many of each, and a seed. "!" is expected where the result has more than 38 digits, or
where something is lost under UNNECESSARY.
"""

import decimal
import random
import struct
import sys
from decimal import Decimal

ROUNDINGS = {
    "UP": decimal.ROUND_UP,
    "DOWN": decimal.ROUND_DOWN,
    "CEILING": decimal.ROUND_CEILING,
    "FLOOR": decimal.ROUND_FLOOR,
    "HALF_UP": decimal.ROUND_HALF_UP,
    "HALF_DOWN": decimal.ROUND_HALF_DOWN,
    "HALF_EVEN": decimal.ROUND_HALF_EVEN,
    "UNNECESSARY": None,
}
EXACT = decimal.Context(prec=1500, Emin=-99999, Emax=99999)


def positive_zero(value):
    return value.copy_abs() if value == 0 else value


def told(value, digits=38):
    """A decimal as both sides print it, or "!" when it has too many digits."""
    value = positive_zero(value)
    return str(value) if len(value.as_tuple().digits) <= digits else "!"


def quantized(value, scale, rounding, digits=38):
    step = Decimal((0, (1,), -scale))
    if rounding == "UNNECESSARY":
        result = value.quantize(step, rounding=decimal.ROUND_DOWN, context=EXACT)
        if result != value:
            return "!"
    else:
        result = value.quantize(step, rounding=ROUNDINGS[rounding], context=EXACT)
    return told(result, digits)


def quotient(a, b, scale, rounding):
    """a / b with `scale` digits behind the point, by whole numbers."""
    up = scale + (-b.as_tuple().exponent) - (-a.as_tuple().exponent)
    top = int(a.scaleb(-a.as_tuple().exponent, EXACT)) * 10 ** max(up, 0)
    bottom = int(b.scaleb(-b.as_tuple().exponent, EXACT)) * 10 ** max(-up, 0)
    negative = (top < 0) != (bottom < 0)
    size, rest = divmod(abs(top), abs(bottom))
    # Only which side of the half the rest is on counts: say it with one digit.
    digit = 0 if rest == 0 else 3 if 2 * rest < abs(bottom) else 5 if 2 * rest == abs(bottom) else 7
    value = Decimal(f"{'-' if negative else ''}{size}.{digit}").scaleb(-scale, EXACT)
    return quantized(value, scale, rounding)


def number(rng):
    digits = rng.choice((1, 2, 5, 10, 18, 19, 20, 30, 37, 38, rng.randrange(1, 39)))
    unscaled = rng.choice((rng.randrange(10**digits), 10**digits - 1, 10 ** (digits - 1), 0, 5 * 10 ** (digits - 1)))
    scale = rng.choice((0, 0, 1, 2, 4, 10, rng.randrange(39), rng.randrange(-5, 60)))
    return Decimal((rng.randrange(2) if unscaled else 0, tuple(map(int, str(unscaled))), -scale))


def operand_close_to(rng, a):
    """Another number; often one that makes ties and exact quotients."""
    kind = rng.randrange(4)
    if kind == 0:
        return Decimal(rng.choice((2, 4, 5, 8, 16, 25, 3, 7, 100, -2, -20)))
    if kind == 1 and a != 0:
        return positive_zero(Decimal(a).scaleb(rng.randrange(-3, 4), EXACT))
    return number(rng)


def text_of(rng):
    shape = rng.randrange(5)
    digits = "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, 60)))
    if shape == 0:
        return digits
    point = rng.randrange(len(digits) + 1)
    text = digits[:point] + "." + digits[point:]
    if shape == 1:
        return text
    if shape == 2:
        return rng.choice("+-") + text + "0" * rng.randrange(40)
    if shape == 3:
        return digits[:30] + rng.choice("eE") + str(rng.randrange(-70, 40))
    return "-" + digits[:2] + "." + rng.choice(("5", "50000", "4999", "50001", "25", "15", "0"))


def line(name, *fields):
    print(name, *fields, sep="\t")


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    decimal.setcontext(EXACT)
    names = list(ROUNDINGS)
    for i in range(count):
        rounding = names[i % len(names)]
        a = number(rng)
        b = operand_close_to(rng, a)
        if len(b.as_tuple().digits) > 38:
            b = Decimal(1)
        scale = rng.choice((0, 1, 2, 6, 10, rng.randrange(39)))
        line("add", a, b, told(a + b))
        line("sub", a, b, told(a - b))
        line("compare", a, b, int(a.compare(b)))
        exact_scale = -a.as_tuple().exponent - b.as_tuple().exponent
        mul_scale = exact_scale if i % 3 == 0 else scale
        line("mul", a, b, mul_scale, rounding, quantized(a * b, mul_scale, rounding))
        if b != 0:
            line("div", a, b, scale, rounding, quotient(a, b, scale, rounding))
            line("mod", a, b, told(a % b))
        else:
            line("div", a, b, scale, rounding, "!")
            line("mod", a, b, "!")
        line("rescale", a, scale, rounding, quantized(a, scale, rounding))
        text = text_of(rng)
        precision = rng.randrange(max(1, scale), 39)
        line("parse_as", text, precision, scale, rounding, quantized(Decimal(text), scale, rounding, precision))
        line("parse", text, told(Decimal(text)))
        double = struct.unpack(">d", struct.pack(">Q", rng.randrange(0x3000000000000000, 0x4800000000000000)))[0]
        double = rng.choice((double, -double, rng.randrange(-1000, 1000) / 8, rng.randrange(10**6) / 100))
        line("from_double_exact", repr(double), scale, rounding, quantized(Decimal(double), scale, rounding))
        line("to_double", a, java_double(float(a)))


def java_double(value):
    """repr in Java's layout; see make_num.py, which tests that layout."""
    import make_num

    return "0.0" if value == 0 else make_num.java_layout(repr(value))


main()
