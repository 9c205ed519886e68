"""Prints vectors for check_zone from Python's zoneinfo over the same files: the offset and the
abbreviation at an instant, and the instant of a local time (the first, where there are two; moved on
by what the clock skipped, where there is none).

Arguments: how many of each, and a seed.
"""

import datetime
import random
import sys
import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1)
EPOCH_UTC = EPOCH.replace(tzinfo=datetime.timezone.utc)


def moments(zone):
    """Instants near which the offset changes, by bisection within months."""
    found = []
    step = 28 * 86400
    for start in range(-3000000000, 4500000000, step):
        low, high = start, start + step
        if offset(zone, low) == offset(zone, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if offset(zone, low) == offset(zone, middle):
                low = middle
            else:
                high = middle
        found.append(high)
    return found or [0]


def at(zone, seconds):
    return (EPOCH_UTC + datetime.timedelta(seconds=seconds)).astimezone(zone)


def offset(zone, seconds):
    return at(zone, seconds).utcoffset()


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    names = sorted(
        name
        for name in zoneinfo.available_timezones()
        if name not in ("localtime", "Factory", "posixrules")
        # Names that are the same offset in Java's words: other abbreviations.
        and not name.startswith(("GMT", "UTC"))
        and name not in ("EST", "MST", "HST")
    )
    each = count // len(names) + 1
    for name in names:
        zone = zoneinfo.ZoneInfo(name)
        changes = moments(zone)
        for _ in range(each):
            kind = rng.randrange(3)
            if kind == 0:
                seconds = rng.choice(changes) + rng.randrange(-7200, 7200)
            elif kind == 1:
                seconds = rng.choice(changes) + rng.randrange(-1, 2)
            else:
                seconds = rng.randrange(-5000000000, 60000000000)
            there = at(zone, seconds)
            found = int(there.utcoffset().total_seconds())
            print(f"offset\t{name}\t{seconds}\t{found} {there.tzname()}")
            local = EPOCH + datetime.timedelta(seconds=seconds + rng.randrange(-90000, 90000))
            seconds = int((local - EPOCH).total_seconds())
            found = int(local.replace(tzinfo=zone).utcoffset().total_seconds())
            print(f"instant\t{name}\t{seconds}\t{seconds - found}")


main()
