import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;

/**
 * Prints vectors for check_text: how Java's String cases, counts, cuts and decodes. Arguments: how
 * many of each, and a seed. The first texts are every single character of this JDK's Unicode.
 */
class make_text {
	static Random random;

	static String hex(String s) {
		/* A cut may leave half a character, which weir leaves out. */
		StringBuilder whole = new StringBuilder();
		s.codePoints().filter(c -> c < 0xD800 || c > 0xDFFF).forEach(whole::appendCodePoint);
		return HexFormat.of().withUpperCase().formatHex(whole.toString().getBytes(StandardCharsets.UTF_8));
	}

	static int character() {
		int[][] ranges = { { 0x20, 0x7F }, { 0xA0, 0x250 }, { 0x391, 0x3CA }, { 0x410, 0x450 }, { 0x1E00, 0x1FFF },
			{ 0x4E00, 0x4F00 }, { 0xFB00, 0xFB07 }, { 0x10400, 0x10450 }, { 0x1F600, 0x1F640 } };
		for (;;) {
			int[] range = ranges[random.nextInt(ranges.length)];
			int c = range[0] + random.nextInt(range[1] - range[0]);
			/* Final sigma is a matter of Java's word breaks; check_text has it from the unit test. */
			if (Character.isDefined(c) && c != 0x3A3)
				return c;
		}
	}

	static String text() {
		StringBuilder s = new StringBuilder();
		for (int n = random.nextInt(20); n > 0; n--)
			s.appendCodePoint(random.nextInt(3) == 0 ? 'A' + random.nextInt(60) : character());
		return s.toString();
	}

	static byte[] bytes() {
		int[] firsts = { 'a', 0x80, 0xBF, 0xC1, 0xC2, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF, 0x9F, 0xA0 };
		byte[] result = new byte[random.nextInt(10)];
		for (int i = 0; i < result.length; i++)
			result[i] = (byte) (random.nextBoolean() ? firsts[random.nextInt(firsts.length)] : 0x80 + random.nextInt(0x40));
		return result;
	}

	static void casing(StringBuilder out, String s) {
		out.append("upper\t").append(hex(s)).append('\t').append(hex(s.toUpperCase(Locale.ROOT))).append('\n');
		out.append("lower\t").append(hex(s)).append('\t').append(hex(s.toLowerCase(Locale.ROOT))).append('\n');
	}

	public static void main(String[] args) {
		int count = Integer.parseInt(args[0]);
		random = new Random(Long.parseLong(args[1]));
		if (count >= 100_000) {
			StringBuilder out = new StringBuilder();
			for (int c = 0; c <= 0x10FFFF; c++) {
				if (Character.isDefined(c) && (c < 0xD800 || c > 0xDFFF))
					casing(out, Character.toString(c));
			}
			System.out.print(out);
		}
		for (int i = 0; i < count; i++) {
			StringBuilder out = new StringBuilder();
			String s = text();
			casing(out, s);
			out.append("length\t").append(hex(s)).append('\t').append(s.length()).append('\n');
			int from = random.nextInt(s.length() + 1), to = from + random.nextInt(s.length() - from + 1);
			out.append("sub\t").append(hex(s)).append('\t').append(from).append('\t').append(to - from).append('\t')
				.append(hex(s.substring(from, to))).append('\n');
			byte[] bytes = bytes();
			out.append("repaired\t").append(HexFormat.of().withUpperCase().formatHex(bytes)).append('\t')
				.append(hex(new String(bytes, StandardCharsets.UTF_8))).append('\n');
			System.out.print(out);
		}
	}
}
