/*
 * One arithmetic kernel over plain items. Included with KERNEL (its name), FIELD (of the columns)
 * and EXPR (of a and b, the items) defined; undefines them.
 */
KERNEL_CLONES static void KERNEL(struct kernel *k)
{
	const __typeof__(*k->out->FIELD) *restrict left = k->in[0]->FIELD;
	const __typeof__(*k->out->FIELD) *restrict right = k->in[1]->FIELD;
	__typeof__(*k->out->FIELD) *restrict out = k->out->FIELD;
	const uint16_t *restrict rows = k->sel.rows;
	uint32_t n = k->sel.len;
	if (rows == NULL) {
		for (uint32_t i = 0; i < n; i++) {
			__typeof__(*out) a = left[i], b = right[i];
			out[i] = (EXPR);
		}
	} else {
		for (uint32_t at = 0; at < n; at++) {
			uint32_t i = rows[at];
			__typeof__(*out) a = left[i], b = right[i];
			out[i] = (EXPR);
		}
	}
	kernel_fail_nulls(k);
}

#undef KERNEL
#undef FIELD
#undef EXPR
