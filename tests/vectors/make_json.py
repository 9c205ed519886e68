"""JSON texts, right and damaged, as Python's json reads them: `parse TAB hex of the text TAB what it says`.

What it says is the same value without white space, numbers as they were written, members that repeat all
kept; or "!" where Python refuses it. Lone surrogates in escapes are U+FFFD, as weir documents.
"""
import json
import random
import sys

COUNT, SEED = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(SEED)
SHORT = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t'}


class Number(str):
    pass


def number():
    kind = rng.randrange(6)
    digits = str(rng.randrange(10 ** rng.randrange(1, 25)))
    text = ("-" if rng.random() < 0.3 else "") + digits
    if kind >= 3:
        text += "." + "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, 20)))
    if kind >= 4:
        text += rng.choice("eE") + rng.choice(["", "+", "-"]) + str(rng.randrange(400))
    return text


def string():
    parts = []
    for _ in range(rng.randrange(8)):
        kind = rng.randrange(8)
        if kind == 0:
            parts.append("\\" + rng.choice('"\\/bfnrt'))
        elif kind == 1:
            parts.append("\\u%04x" % rng.choice([rng.randrange(0x10000), rng.randrange(0xD800, 0xE000), 0]))
        elif kind == 2:
            parts.append("\\ud83d\\ude%02X" % rng.randrange(0x100))
        elif kind == 3:
            parts.append(chr(rng.choice([0xE9, 0x20AC, 0x1F600, 0xFFFD, 0x7F, 0x2028])))
        else:
            parts.append(rng.choice("abcXYZ 019{}[]:,/'"))
    return '"' + "".join(parts) + '"'


def space():
    return "".join(rng.choice(" \t\n\r") for _ in range(rng.choice([0, 0, 0, 1, 2])))


def value(depth):
    kind = rng.randrange(9 if depth < 5 else 5)
    if kind <= 1:
        return number()
    if kind <= 3:
        return string()
    if kind == 4:
        return rng.choice(["true", "false", "null"])
    items = rng.randrange(4)
    if kind <= 6:
        inside = ",".join(space() + value(depth + 1) + space() for _ in range(items))
        return "[" + (inside if items else space()) + "]"
    inside = ",".join(space() + string() + space() + ":" + space() + value(depth + 1) + space()
                      for _ in range(items))
    return "{" + (inside if items else space()) + "}"


def damage(data):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 3)):
        kind = rng.randrange(4)
        at = rng.randrange(len(data) + 1)
        if kind == 0 and data:
            del data[at:at + 1]
        elif kind == 1:
            data[at:at] = bytes([rng.choice(b'"\\{}[]:,-+.eE019ntfu \x00\x1f\x80\xc3\xe2\xed\xf4\xff')])
        elif kind == 2 and data:
            data = data[:at]
        elif data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def refuse(text):
    raise ValueError(text)


def quoted(text):
    out = []
    for c in text:
        if c in SHORT:
            out.append(SHORT[c])
        elif ord(c) < 0x20:
            out.append("\\u%04X" % ord(c))
        elif 0xD800 <= ord(c) < 0xE000:
            out.append("\ufffd")
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def written(item):
    if item is None or item is True or item is False:
        return {None: "null", True: "true", False: "false"}[item]
    if isinstance(item, Number):
        return str(item)
    if isinstance(item, str):
        return quoted(item)
    if isinstance(item, list):
        return "[" + ",".join(written(i) for i in item) + "]"
    return "{" + ",".join(quoted(k) + ":" + written(v) for k, v in item) + "}"


def says(data):
    try:
        text = data.decode("utf-8")
        if text.startswith("\ufeff"):
            return None  # weir skips a byte order mark, Python refuses it
        tree = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=refuse,
                          object_pairs_hook=lambda pairs: tuple(pairs))
    except (ValueError, RecursionError):
        return "!"
    return written(tree)


for _ in range(COUNT):
    data = (space() + value(0) + space()).encode("utf-8", "surrogatepass")
    if rng.random() < 0.5:
        data = damage(data)
    said = says(data)
    if said is not None:
        print("parse", data.hex().upper(), said if said == "!" else said.encode("utf-8").hex().upper(),
              sep="\t")
