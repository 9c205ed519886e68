import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;

/**
 * Prints vectors for check_decimal that Python has no equal for: BigDecimal.valueOf, toPlainString,
 * longValue, and quotients as ksqlDB computes them. Arguments: how many of each, and a seed.
 */
class make_decimal {
	static Random random;

	static BigDecimal number() {
		int digits = 1 + random.nextInt(38);
		BigInteger unscaled = new BigInteger(126, random).mod(BigInteger.TEN.pow(digits));
		if (random.nextInt(8) == 0)
			unscaled = BigInteger.TEN.pow(digits - 1);
		int scale = random.nextInt(3) > 0 ? random.nextInt(12) : random.nextInt(90) - 30;
		return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), scale);
	}

	static String told(BigDecimal d) {
		return d.precision() <= 38 ? d.toString() : "!";
	}

	/** DECIMAL(p1, s1) / DECIMAL(p2, s2): exact in the result's digits, or an error. */
	static void ksqlDivide(StringBuilder out) {
		int s1 = random.nextInt(6), s2 = random.nextInt(6), p1 = s1 + 1 + random.nextInt(6), p2 = s2 + 1 + random.nextInt(6);
		BigDecimal a = new BigDecimal(BigInteger.valueOf(random.nextInt((int) Math.pow(10, Math.min(p1, 9)))), s1);
		BigDecimal b = new BigDecimal(BigInteger.valueOf(random.nextInt((int) Math.pow(10, Math.min(p2, 3)))), s2);
		int scale = Math.max(6, s1 + p2 + 1), precision = p1 - s1 + s2 + scale;
		String result;
		try {
			result = a.divide(b, new MathContext(precision, RoundingMode.UNNECESSARY)).setScale(scale).toString();
		} catch (ArithmeticException e) {
			result = "!";
		}
		out.append("div\t").append(a).append('\t').append(b).append('\t').append(scale).append("\tUNNECESSARY\t")
			.append(result).append('\n');
	}

	static double randomDouble() {
		switch (random.nextInt(4)) {
		case 0: return random.nextInt(2_000_000) / 100.0 - 5000;
		case 1: return random.nextLong();
		case 2: return Math.scalb(random.nextDouble(), random.nextInt(100) - 50);
		default: return random.nextInt(1000) * Math.pow(10, random.nextInt(40) - 20);
		}
	}

	public static void main(String[] args) {
		int count = Integer.parseInt(args[0]);
		random = new Random(Long.parseLong(args[1]));
		/* Older JDKs' Double.toString is not today's; then only doubles are told where they agree. */
		boolean today = Runtime.version().feature() >= 19;
		for (int i = 0; i < count; i++) {
			StringBuilder out = new StringBuilder();
			BigDecimal d = number();
			out.append("plain\t").append(d).append('\t').append(d.toPlainString()).append('\n');
			out.append("parse\t").append(d.toPlainString()).append('\t')
				.append(told(new BigDecimal(d.toPlainString()))).append('\n');
			out.append("to_long\t").append(d).append('\t').append(d.longValue()).append('\n');
			double v = randomDouble();
			while (!today && Math.abs(v) >= 9007199254740992.0)
				v /= 1024;
			BigDecimal shortest = BigDecimal.valueOf(v);
			BigDecimal shorter = shortest.round(new MathContext(Math.max(1, shortest.precision() - 1)));
			if (today || shorter.doubleValue() != v || shortest.precision() <= 2)
				out.append("from_double\t").append(v).append('\t').append(shortest).append('\n');
			int scale = random.nextInt(39);
			RoundingMode mode = RoundingMode.values()[random.nextInt(8)];
			String exact;
			try {
				exact = told(new BigDecimal(v).setScale(scale, mode));
			} catch (ArithmeticException e) {
				exact = "!";
			}
			out.append("from_double_exact\t").append(v).append('\t').append(scale).append('\t').append(mode)
				.append('\t').append(exact).append('\n');
			ksqlDivide(out);
			System.out.print(out);
		}
	}
}
