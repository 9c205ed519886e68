import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;

/**
 * Prints vectors for check_num: doubles as Double.toString has to print them, texts as parseDouble,
 * parseLong and parseInt read them. Arguments: how many of each, and a seed.
 *
 * A JDK older than 19 prints some doubles with more digits than are needed. What is expected is
 * therefore computed here from the rule of today's Double.toString, and how often this JDK differs
 * from it is told on standard error.
 */
class make_num {
	static Random random;

	static double randomDouble(int i) {
		switch (i % 8) {
		case 0: return random.nextInt(2_000_000) / 100.0;
		case 1: return random.nextInt(100_000) * Math.pow(10, random.nextInt(40) - 20);
		case 2: return Double.longBitsToDouble(random.nextLong() & 0x800FFFFFFFFFFFFFL);
		case 3: return Math.scalb(1.0, random.nextInt(2098) - 1074);
		case 4: return random.nextLong();
		case 5: return Math.nextUp(random.nextInt(1000) / 8.0);
		default: return Double.longBitsToDouble(random.nextLong());
		}
	}

	/** The rule: of the decimals that round to v, those with fewest digits, two at least; then the nearest. */
	static String shortest(double v) {
		if (Double.isNaN(v) || Double.isInfinite(v) || v == 0)
			return Double.toString(v);
		BigDecimal exact = new BigDecimal(Math.abs(v));
		for (int n = 2;; n++) {
			BigDecimal below = exact.round(new MathContext(n, RoundingMode.DOWN));
			BigDecimal above = exact.round(new MathContext(n, RoundingMode.UP));
			boolean belowFits = below.doubleValue() == Math.abs(v);
			boolean aboveFits = above.doubleValue() == Math.abs(v);
			if (!belowFits && !aboveFits)
				continue;
			BigDecimal best = belowFits ? below : above;
			if (belowFits && aboveFits)
				best = exact.round(new MathContext(n, RoundingMode.HALF_EVEN));
			return (v < 0 ? "-" : "") + layout(best);
		}
	}

	static String layout(BigDecimal d) {
		d = d.stripTrailingZeros();
		String digits = d.unscaledValue().toString();
		int exponent = digits.length() - 1 - d.scale();
		if (exponent < -3 || exponent >= 7)
			return digits.charAt(0) + "." + (digits.length() > 1 ? digits.substring(1) : "0") + "E" + exponent;
		String plain = d.toPlainString();
		return plain.contains(".") ? plain : plain + ".0";
	}

	static String bits(double v) {
		return String.format("%016x", Double.doubleToLongBits(v));
	}

	static void parse(StringBuilder out, String text) {
		String bits;
		try {
			bits = bits(Double.parseDouble(text));
		} catch (NumberFormatException e) {
			bits = "!";
		}
		out.append("parse\t").append(text).append('\t').append(bits).append('\n');
	}

	static void whole(StringBuilder out, String text) {
		String i64, i32;
		try {
			i64 = Long.toString(Long.parseLong(text));
		} catch (NumberFormatException e) {
			i64 = "!";
		}
		try {
			i32 = Integer.toString(Integer.parseInt(text));
		} catch (NumberFormatException e) {
			i32 = "!";
		}
		out.append("i64\t").append(text).append('\t').append(i64).append('\n');
		out.append("i32\t").append(text).append('\t').append(i32).append('\n');
	}

	static String randomDigits(int n) {
		StringBuilder s = new StringBuilder();
		for (int i = 0; i < n; i++)
			s.append((char) ('0' + random.nextInt(10)));
		return s.toString();
	}

	static String randomText(int i, double v) {
		switch (i % 8) {
		case 0: return Double.toString(v);
		case 1: return randomDigits(1 + random.nextInt(25)) + "e" + (random.nextInt(700) - 360);
		case 2: return randomDigits(random.nextInt(4)) + "." + randomDigits(random.nextInt(40));
		case 3: return Double.isFinite(v) ? new BigDecimal(v).toString() : "-" + v;
		case 4: return middle(v);
		case 5: return Double.toHexString(v);
		case 6: return mutated(Double.toString(v));
		default: return "  " + (random.nextBoolean() ? "+" : "-") + randomDigits(1 + random.nextInt(20))
			+ "E" + (random.nextBoolean() ? "+" : "-") + randomDigits(2) + "dDfF ".charAt(random.nextInt(5));
		}
	}

	/** Exactly between two doubles, or a hair beside it. */
	static String middle(double v) {
		if (!Double.isFinite(v) || !Double.isFinite(Math.nextUp(v)))
			return "1";
		BigDecimal sum = new BigDecimal(v).add(new BigDecimal(Math.nextUp(v)));
		BigDecimal middle = sum.divide(BigDecimal.valueOf(2));
		BigDecimal hair = BigDecimal.ONE.scaleByPowerOfTen(-middle.scale() - random.nextInt(100));
		switch (random.nextInt(3)) {
		case 0: return middle.toString();
		case 1: return middle.add(hair).toString();
		default: return middle.subtract(hair).toString();
		}
	}

	static String mutated(String text) {
		String alphabet = "0123456789.eE+-xpdfN Ia";
		int at = random.nextInt(text.length());
		char c = alphabet.charAt(random.nextInt(alphabet.length()));
		return random.nextBoolean() ? text.substring(0, at) + c + text.substring(at)
			: text.substring(0, at) + c + text.substring(at + 1);
	}

	public static void main(String[] args) {
		int count = Integer.parseInt(args[0]);
		random = new Random(Long.parseLong(args[1]));
		int different = 0;
		String example = "none";
		double[] edges = { 0.0, -0.0, Double.MIN_VALUE, 2 * Double.MIN_VALUE, 3 * Double.MIN_VALUE, 2e23, 2e-3,
			Double.MIN_NORMAL, Math.nextDown(Double.MIN_NORMAL), Double.MAX_VALUE, Double.NaN,
			Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e7, 9999999, 1e-3, 9.999e-4, 1e22, 1e23, 100, 1e21,
			9007199254740992.0, 9007199254740993.0, 5e-324, 1.0E10, 1e-5, 0.1, 0.3, 123456.789, 8.41E21, 2.0E-3,
			2.2250738585072014E-308, 4.35, 1e-322 };
		for (int i = 0; i < count + edges.length; i++) {
			StringBuilder out = new StringBuilder();
			double v = i < edges.length ? edges[i] : randomDouble(i);
			String expected = shortest(v);
			if (!expected.equals(Double.toString(v))) {
				different++;
				example = Double.toString(v) + " for " + expected;
			}
			out.append("print\t").append(bits(v)).append('\t').append(expected).append('\n');
			parse(out, randomText(i, v));
			String digits = randomDigits(random.nextInt(21));
			if (i % 16 == 0)
				digits = mutated(digits + " ").trim();
			whole(out, (i % 3 == 0 ? "-" : i % 7 == 0 ? "+" : "") + digits);
			System.out.print(out);
		}
		System.err.printf("  (this JDK, %s, prints %d of %d doubles otherwise: %s)%n", Runtime.version().feature(),
			different, count, example);
	}
}
