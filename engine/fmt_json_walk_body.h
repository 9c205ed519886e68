/*
 * fmt_json_walk_body.h - the walk over one record, once per kind of processor.
 *
 * The includer defines TARGET (the function attribute), WALK(name), and WALK's special (the first
 * byte of a string that is not plain), literal (does the member's literal stand here?) and digits.
 */

TARGET static const uint8_t *WALK(string_end)(const uint8_t *p, const uint8_t *end)
{
	p = WALK(special)(p, end);
	return p < end && *p == '"' ? p : NULL;
}

/* A whole number without sign, as JSON writes it. NULL: not one, or too long to be sure. */
TARGET static inline const uint8_t *WALK(whole)(const uint8_t *p, const uint8_t *end,
						uint64_t *ret_value)
{
	const uint8_t *after = WALK(digits)(p, end, ret_value);
	if (UNLIKELY(after == NULL || (*p == '0' && after - p > 1)))
		return NULL;
	return after;
}

TARGET static inline const uint8_t *WALK(read_i64)(struct json_walk *walk,
						   const struct json_member *member,
						   const uint8_t *p, const uint8_t *end,
						   uint32_t row)
{
	bool negative = false;
	uint64_t value;
	const uint8_t *begin = p;
	if (UNLIKELY(*p == '-')) { /* a branch, so that nobody waits for it */
		negative = true;
		begin++;
	}
	const uint8_t *after = WALK(whole)(begin, end, &value);
	if (UNLIKELY(after == NULL || !number_ends(after, end)))
		return other_value(walk, member, p, end, row);
	if (member->to != NULL) {
		member->to->valid[row] = 1;
		member->to->i64[row] = negative ? -(int64_t)value : (int64_t)value;
	}
	return after;
}

TARGET static inline const uint8_t *WALK(read_i32)(struct json_walk *walk,
						   const struct json_member *member,
						   const uint8_t *p, const uint8_t *end,
						   uint32_t row)
{
	bool negative = false;
	uint64_t value;
	const uint8_t *begin = p;
	if (UNLIKELY(*p == '-')) { /* a branch, so that nobody waits for it */
		negative = true;
		begin++;
	}
	const uint8_t *after = WALK(whole)(begin, end, &value);
	if (UNLIKELY(after == NULL || !number_ends(after, end) || value > INT32_MAX))
		return other_value(walk, member, p, end, row);
	if (member->to != NULL) {
		member->to->valid[row] = 1;
		member->to->i32[row] = negative ? -(int32_t)value : (int32_t)value;
	}
	return after;
}

/* At most 15 digits and a power of ten up to 10^15 are exact doubles, so their quotient is rounded
 * once: it is the number. */
TARGET static inline const uint8_t *WALK(read_double)(struct json_walk *walk,
						      const struct json_member *member,
						      const uint8_t *p, const uint8_t *end,
						      uint32_t row)
{
	static const double POWERS[16] = { 1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
	static const uint64_t TENS[16] = { 1,
					   10,
					   100,
					   1000,
					   10000,
					   100000,
					   1000000,
					   10000000,
					   100000000,
					   1000000000,
					   10000000000,
					   100000000000,
					   1000000000000,
					   10000000000000,
					   100000000000000,
					   1000000000000000 };
	bool negative = *p == '-';
	uint64_t value, fraction;
	const uint8_t *begin = p + negative, *after = WALK(whole)(begin, end, &value);
	int64_t places = 0;
	if (after != NULL && after < end && *after == '.') {
		const uint8_t *point = after;
		after = WALK(digits)(point + 1, end, &fraction);
		places = after != NULL ? after - point - 1 : 0;
	}
	if (UNLIKELY(after == NULL || !number_ends(after, end) ||
		     after - begin - (places > 0) > 15))
		return other_value(walk, member, p, end, row);
	if (member->to != NULL) {
		double number = (double)(places > 0 ? value * TENS[places] + fraction : value);
		number /= POWERS[places];
		member->to->valid[row] = 1;
		member->to->f64[row] = negative ? -number : number;
	}
	return after;
}

TARGET static inline const uint8_t *WALK(read_text)(struct json_walk *walk,
						    const struct json_member *member,
						    const uint8_t *p, const uint8_t *end,
						    uint32_t row)
{
	const uint8_t *close = *p == '"' ? WALK(special)(p + 1, end) : end;
	if (UNLIKELY(close >= end || *close != '"'))
		return other_value(walk, member, p, end, row);
	member->to->valid[row] = 1;
	member->to->bytes[row] = slice_of(p + 1, (size_t)(close - p - 1));
	return close + 1;
}

TARGET static inline const uint8_t *WALK(read_any)(struct json_walk *walk,
						   const struct json_member *member,
						   const uint8_t *p, const uint8_t *end,
						   uint32_t row)
{
	if (*p == '"') {
		const uint8_t *close = WALK(special)(p + 1, end);
		if (LIKELY(close < end && *close == '"'))
			return close + 1;
	} else if (*p == '-' || (*p >= '0' && *p <= '9')) {
		uint64_t unused;
		const uint8_t *after = WALK(whole)(p + (*p == '-'), end, &unused);
		if (LIKELY(after != NULL && number_ends(after, end)))
			return after;
	}
	return other_value(walk, member, p, end, row);
}

TARGET static inline const uint8_t *WALK(read_by)(struct json_walk *walk,
						  const struct json_member *member,
						  const uint8_t *p, const uint8_t *end,
						  uint32_t row)
{
	/* Not a switch: jumps through a table are guessed worse, and these come in a fixed order.
	 */
	if (member->how == JSON_HOW_ANY)
		return WALK(read_any)(walk, member, p, end, row);
	if (member->how == JSON_HOW_I64)
		return WALK(read_i64)(walk, member, p, end, row);
	if (member->how == JSON_HOW_TEXT)
		return WALK(read_text)(walk, member, p, end, row);
	if (member->how == JSON_HOW_I32)
		return WALK(read_i32)(walk, member, p, end, row);
	if (member->how == JSON_HOW_DOUBLE)
		return WALK(read_double)(walk, member, p, end, row);
	return other_value(walk, member, p, end, row);
}

TARGET static bool WALK(walk_record)(struct json_walk *walk, struct slice record, uint32_t row)
{
	const uint8_t *p = record.data, *end = record.data + record.len;
	uint32_t *expected = &walk->first;
	uint64_t seen = 0;
	if (record.len < 2 || *p != '{')
		return false;
	do {
		p++; /* over '{' or ',' */
		struct json_member *member = &walk->members[*expected];
		uint32_t len = member->len;
		if (UNLIKELY(!WALK(literal)(p, end, member))) {
			uint32_t found = read_name(walk, p, end, WALK(string_end), &len);
			if (found == 0)
				return false;
			*expected = found;
			member = &walk->members[found];
		}
		p += len;
		if (UNLIKELY(p >= end))
			return false;
		expected = &member->next;
		seen |= member->bit;
		p = WALK(read_by)(walk, member, p, end, row);
		if (UNLIKELY(p == NULL || p >= end))
			return false;
	} while (*p == ',' || *(p = after_space(p, end - 1)) == ',');
	if (*p != '}' || after_space(p + 1, end) != end)
		return false;
	for (uint64_t missing = walk->wanted & ~seen; missing != 0; missing &= missing - 1)
		column_set_null(walk->out[__builtin_ctzll(missing)], row);
	return true;
}
