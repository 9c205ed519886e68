import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.text.ParsePosition;
import java.text.SimpleDateFormat;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;

/**
 * Prints vectors for check_pattern. Arguments: how many of each operation, and a seed.
 *
 * <p>Patterns are made of random letters, texts by formatting with them and then, for every other
 * one, by changing a character or two. Dates lie between 1583 and 2400, now and then anywhere.
 */
class MakePattern {
	static final Random random = new Random();
	static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

	static final String[] ZONES = {
		"UTC", "Z", "+02:00", "-03:30", "America/New_York", "Europe/Paris", "Asia/Kolkata",
		"Asia/Tokyo", "Australia/Sydney", "America/Los_Angeles", "Europe/London", "GMT+01:00",
	};

	static final String[] COMMON = {
		"yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm:ssX",
		"yyyyMMddHHmmss", "yyyyMMddHHmmssSSS", "dd/MM/yyyy", "dd-MMM-yyyy", "yyyy-MM-dd",
		"EEE, d MMM yyyy HH:mm:ss Z", "MMMM d, yyyy", "M/d/yy h:mm a", "yy-MM-dd HH:mm:ssX",
		"yyyy-MM-dd HH:mm:ss VV", "yyyy-DDD", "YYYY-'W'ww-e", "HH:mm:ss", "HHmm", "h:mm:ss a",
		"uuuu-MM-dd[ HH[:mm[:ss[.SSS]]]]", "yyyy-MM-dd HH:mm:ss.SSSSSS xxx", "G yyyy MM dd",
		"yyyy", "MM-dd", "d", "e", "ss", "a h", "HH", "yyyy MM", "D", "A", "N", "g", "E", "B h",
		"yyyy-MM W e", "MMM-yyyy", "ppppd MM yyyy", "EEEE", "QQQ yyyy", "k:mm", "K:mm a",
	};

	static final String[] DATE_LETTERS = {
		"G", "GGGG", "GGGGG", "u", "uu", "uuu", "uuuu", "uuuuu", "y", "yy", "yyyy", "yyyyyy", "Y",
		"YY", "YYYY", "D", "DD", "DDD", "M", "MM", "MMM", "MMMM", "MMMMM", "L", "LL", "LLLL", "Q",
		"QQ", "QQQ", "QQQQ", "QQQQQ", "q", "qqq", "d", "dd", "g", "w", "ww", "W", "E", "EEEE",
		"EEEEE", "e", "ee", "eee", "c", "ccc", "F", "pppd", "ppppM",
	};
	static final String[] TIME_LETTERS = {
		"a", "B", "BBBB", "BBBBB", "h", "hh", "K", "KK", "k", "kk", "H", "HH", "m", "mm", "s",
		"ss", "S", "SSS", "SSSSSSSSS", "A", "AAAAAA", "n", "nnn", "N", "ppH", "pppmm",
	};
	static final String[] ZONE_LETTERS = {
		"VV", "O", "OOOO", "X", "XX", "XXX", "XXXX", "XXXXX", "x", "xx", "xxx", "xxxx", "xxxxx",
		"Z", "ZZZZ", "ZZZZZ",
	};
	static final String[] NAME_LETTERS = { "z", "zzzz", "v", "vvvv" };
	static final String[] BETWEEN = {
		"", "", "-", "/", ":", " ", ".", ",", "'T'", "''", "' at '", "_", "é",
	};

	static <T> T pick(T[] from) {
		return from[random.nextInt(from.length)];
	}

	static String[] letters(boolean dates, boolean times, boolean zones, boolean names) {
		List<String> all = new ArrayList<>();
		if (dates) all.addAll(List.of(DATE_LETTERS));
		if (times) all.addAll(List.of(TIME_LETTERS));
		if (zones) all.addAll(List.of(ZONE_LETTERS));
		if (names) all.addAll(List.of(NAME_LETTERS));
		return all.toArray(new String[0]);
	}

	static String randomPattern(String[] letters) {
		StringBuilder pattern = new StringBuilder();
		int parts = 1 + random.nextInt(5), open = 0;
		for (int i = 0; i < parts; i++) {
			if (random.nextInt(8) == 0) {
				pattern.append('[');
				open++;
			}
			pattern.append(pick(letters)).append(pick(BETWEEN));
			if (open > 0 && random.nextInt(3) == 0) {
				pattern.append(']');
				open--;
			}
		}
		return pattern.toString();
	}

	static DateTimeFormatter compile(String pattern) {
		return new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(pattern)
			.toFormatter(Locale.ENGLISH);
	}

	static long randomMs() {
		switch (random.nextInt(8)) {
		case 0:
			return random.nextInt(2000000) * 1000L * 60;
		case 1:
			return (long) (random.nextDouble() * 4e14) - (long) 2e14;
		default:
			return (long) (random.nextDouble() * 2.5e13) - (long) 1.2e13;
		}
	}

	static String mutate(String text) {
		StringBuilder changed = new StringBuilder(text);
		for (int i = random.nextInt(3); i > 0; i--) {
			String some = "0123456789 -+:.Zab/T";
			char c = some.charAt(random.nextInt(some.length()));
			int at = changed.length() == 0 ? 0 : random.nextInt(changed.length());
			switch (random.nextInt(changed.length() == 0 ? 1 : 3)) {
			case 0:
				changed.insert(at, c);
				break;
			case 1:
				changed.deleteCharAt(at);
				break;
			default:
				changed.setCharAt(at, c);
				break;
			}
		}
		return random.nextInt(6) == 0 ? changed.toString().toUpperCase() : changed.toString();
	}

	static String refused(Throwable failure) {
		return "!" + failure.getMessage();
	}

	/** What Java says in an order that depends on its hash table, or of its own accidents. */
	static boolean accident(String said, DateTimeFormatter formatter, String text) {
		if (said.contains("String index out of range") || said.contains("Conflict found")
			|| said.contains("overflow") || said.contains("begin ")) return true;
		return said.contains("Invalid value for") && wrongFields(formatter, text) > 1;
	}

	/** How many fields are out of range; a week or a Julian day may be, too. */
	static int wrongFields(DateTimeFormatter formatter, String text) {
		TemporalAccessor fields = formatter.parseUnresolved(text, new ParsePosition(0));
		int wrong = formatter.toString().contains("Julian") ? 1 : 0;
		if (formatter.toString().contains("Localized(DayOfWeek")) wrong++;
		for (ChronoField field : ChronoField.values())
			if (fields.isSupported(field) && !field.range().isValidValue(fields.getLong(field)))
				wrong++;
		return wrong;
	}

	/** A whole instant from whatever a text had, the rest from 1970-01-01T00:00. */
	static long parseTimestamp(DateTimeFormatter formatter, String text, ZoneId zone) {
		TemporalAccessor parsed = formatter.parse(text);
		ZoneId named = parsed.query(TemporalQueries.zone());
		LocalDateTime local = LocalDateTime.of(1970, 1, 1, 0, 0);
		for (ChronoField field : ChronoField.values()) {
			if (field == ChronoField.INSTANT_SECONDS || field == ChronoField.OFFSET_SECONDS) continue;
			if (!parsed.isSupported(field)) continue;
			long value = parsed.getLong(field);
			if (field == ChronoField.DAY_OF_YEAR && value == 366) {
				if (!parsed.isSupported(ChronoField.YEAR))
					throw new DateTimeException(
						"Leap day cannot be parsed without supplying the year field");
				local = local.withYear(parsed.get(ChronoField.YEAR));
			}
			local = local.with(field, value);
		}
		if (parsed.isSupported(ChronoField.INSTANT_SECONDS))
			return Math.floorDiv(local.getNano(), 1000000)
				+ Math.multiplyExact(parsed.getLong(ChronoField.INSTANT_SECONDS), 1000L);
		if (parsed.isSupported(ChronoField.OFFSET_SECONDS)) {
			ZoneOffset offset = ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS));
			return named.getRules().isValidOffset(local, offset)
				? local.toInstant(offset).toEpochMilli()
				: local.atZone(named).toInstant().toEpochMilli();
		}
		return local.atZone(named != null ? named : zone).toInstant().toEpochMilli();
	}

	interface Maker {
		/** A line, or null if this one is of no use. */
		String make();
	}

	static void repeat(int count, Maker maker) {
		for (int made = 0; made < count;) {
			String line = maker.make();
			if (line == null || line.indexOf('\n') >= 0) continue;
			out.println(line);
			made++;
		}
	}

	static String pattern(String[] letters) {
		return random.nextInt(3) == 0 ? pick(COMMON) : randomPattern(letters);
	}

	static DateTimeFormatter tryCompile(String pattern) {
		try {
			return compile(pattern);
		} catch (IllegalArgumentException | ClassCastException failure) {
			return null;
		}
	}

	static String compileLine() {
		String pattern = randomPattern(letters(true, true, true, true));
		StringBuilder changed = new StringBuilder(pattern);
		String some = "GuyYDMLQqdgwWEecFaBhKkHmsSAnNVvzOXxZp'[]{}#jJbC";
		for (int i = random.nextInt(3); i > 0; i--)
			changed.insert(random.nextInt(changed.length() + 1),
				some.charAt(random.nextInt(some.length())));
		pattern = changed.toString();
		try {
			compile(pattern);
		} catch (IllegalArgumentException failure) {
			return "compile\t" + pattern + "\t!";
		} catch (ClassCastException failure) {
			return null;
		}
		return "compile\t" + pattern + "\tok";
	}

	static String formatLine() {
		String pattern = pattern(letters(true, true, true, true)), zone = pick(ZONES);
		DateTimeFormatter formatter = tryCompile(pattern);
		long ms = randomMs();
		if (formatter == null) return null;
		String line = "format\t" + pattern + "\t" + ms + "\t" + zone + "\t";
		try {
			return line + formatter.format(Instant.ofEpochMilli(ms).atZone(ZoneId.of(zone)));
		} catch (DateTimeException failure) {
			return line + refused(failure);
		} catch (ArrayIndexOutOfBoundsException failure) {
			return null; // Java's own mistake, for years of more than ten digits
		}
	}

	static String formatPartLine(String op, TemporalAccessor value, long number) {
		String pattern = pattern(letters(true, true, false, false));
		DateTimeFormatter formatter = tryCompile(pattern);
		if (formatter == null) return null;
		String line = op + "\t" + pattern + "\t" + number + "\t";
		try {
			return line + formatter.format(value);
		} catch (DateTimeException failure) {
			return failure.getMessage().contains("ZoneId") ? null : line + refused(failure);
		} catch (ArrayIndexOutOfBoundsException failure) {
			return null;
		}
	}

	static String text(DateTimeFormatter formatter, TemporalAccessor value) {
		try {
			return mutate(formatter.format(value));
		} catch (DateTimeException | ArrayIndexOutOfBoundsException failure) {
			return null;
		}
	}

	static String parseLine() {
		String pattern = pattern(letters(true, true, random.nextBoolean(), false));
		DateTimeFormatter formatter = tryCompile(pattern);
		ZoneId zone = ZoneId.of(pick(ZONES));
		if (formatter == null) return null;
		String text = text(formatter,
			Instant.ofEpochMilli(randomMs()).atZone(ZoneId.of(pick(ZONES))));
		if (text == null) return null;
		String line = "parse\t" + pattern + "\t" + text + "\t" + zone.getId() + "\t";
		try {
			return line + parseTimestamp(formatter, text, zone);
		} catch (DateTimeException failure) {
			// A padded field that fails: Java adds its place to itself.
			if (accident(failure.getMessage(), formatter, text)) return null;
			if (pattern.contains("p") && failure.getMessage().contains("at index")) return null;
			return line + refused(failure);
		} catch (ArithmeticException failure) {
			return null;
		}
	}

	static String parseDateLine() {
		String pattern = pattern(letters(true, random.nextInt(4) == 0, false, false));
		DateTimeFormatter formatter = tryCompile(pattern);
		if (formatter == null) return null;
		String text = text(formatter, LocalDate.ofEpochDay(Math.floorDiv(randomMs(), 86400000L))
			.atTime(LocalTime.ofNanoOfDay(random.nextInt(86400) * 1000000000L)));
		if (text == null) return null;
		String line = "parse_date\t" + pattern + "\t" + text + "\t";
		try {
			return line + LocalDate.parse(text, formatter).toEpochDay();
		} catch (DateTimeException failure) {
			String said = failure.getMessage();
			if (accident(said, formatter, text) || pattern.contains("p") && said.contains("at index")) return null;
			int from = said.indexOf("TemporalAccessor: ");
			if (from >= 0)
				said = said.substring(0, from) + "TemporalAccessor: the text does not make a whole date";
			return line + "!" + said;
		}
	}

	static String parseTimeLine() {
		String pattern = pattern(letters(random.nextInt(5) == 0, true, false, false));
		DateTimeFormatter formatter = tryCompile(pattern);
		if (formatter == null) return null;
		String text = text(formatter, LocalDate.of(2021, 2, 3)
			.atTime(LocalTime.ofNanoOfDay((long) (random.nextDouble() * 86400e9))));
		if (text == null) return null;
		String line = "parse_time\t" + pattern + "\t" + text + "\t";
		try {
			TemporalAccessor parsed = formatter.parse(text);
			for (ChronoField field : ChronoField.values())
				if (field.isDateBased() && parsed.isSupported(field))
					return line + "!Unsupported field: " + field;
			return line + LocalTime.from(parsed).toNanoOfDay() / 1000000;
		} catch (DateTimeException failure) {
			String said = failure.getMessage();
			if (accident(said, formatter, text) || pattern.contains("p") && said.contains("at index")) return null;
			int from = said.indexOf("TemporalAccessor: ");
			if (from >= 0)
				said = said.substring(0, from) + "TemporalAccessor: the text does not have an hour";
			return line + "!" + said;
		}
	}

	static final String[] SIMPLE_LETTERS = {
		"yyyy", "yyyy", "MM", "MM", "dd", "dd", "MMM", "MMMM", "M", "d", "D", "DDD", "EEE", "EEEE", "w", "W",
		"F", "u", "G", "yy",
	};

	/** SimpleDateFormat is what FastDateFormat follows, but for signs, blanks and narrow texts. */
	static String simpleLine() {
		StringBuilder pattern = new StringBuilder("yyyy");
		for (int i = random.nextInt(5); i > 0; i--)
			pattern.append(pick(new String[] { "-", "/", " ", "'x'", "." })).append(pick(SIMPLE_LETTERS));
		SimpleDateFormat format = new SimpleDateFormat(pattern.toString(), Locale.ENGLISH);
		format.setTimeZone(TimeZone.getTimeZone("UTC"));
		java.util.GregorianCalendar gregorian = new java.util.GregorianCalendar(
			TimeZone.getTimeZone("UTC"), Locale.ENGLISH);
		gregorian.setGregorianChange(new java.util.Date(Long.MIN_VALUE));
		format.setCalendar(gregorian);
		format.set2DigitYearStart(java.util.Date.from(Instant.parse("1946-01-01T00:00:00Z")));
		long days = random.nextInt(60000) - 10000;
		StringBuilder text = new StringBuilder(format.format(new java.util.Date(days * 86400000L)));
		// Java's days of the week from Monday do not go past 7.
		for (int i = pattern.indexOf("u") < 0 ? random.nextInt(3) : 0; i > 0; i--) {
			int at = random.nextInt(text.length());
			if (Character.isDigit(text.charAt(at)))
				text.setCharAt(at, (char) ('0' + random.nextInt(10)));
		}
		// Whether 46 is 1946 or 2046, Java decides by the day.
		if (text.indexOf("46") >= 0) return null;
		java.util.Date date = format.parse(text.toString(), new ParsePosition(0));
		String line = "simple_date\t" + pattern + "\t" + text + "\t";
		return line + (date == null ? "!" : String.valueOf(Math.floorDiv(date.getTime(), 86400000L)));
	}

	public static void main(String[] arguments) {
		int count = Integer.parseInt(arguments[0]);
		random.setSeed(Long.parseLong(arguments[1]));
		repeat(count / 4, MakePattern::compileLine);
		repeat(count, MakePattern::formatLine);
		repeat(count / 4, () -> {
			long days = Math.floorDiv(randomMs(), 86400000L);
			return formatPartLine("format_date", LocalDate.ofEpochDay(days), days);
		});
		repeat(count / 4, () -> {
			long ms = random.nextInt(86400000);
			return formatPartLine("format_time", LocalTime.ofNanoOfDay(ms * 1000000), ms);
		});
		repeat(count, MakePattern::parseLine);
		repeat(count, MakePattern::parseDateLine);
		repeat(count, MakePattern::parseTimeLine);
		repeat(count, MakePattern::simpleLine);
		out.flush();
	}
}
