/*
 * One comparison kernel over plain items, with NULL giving false. Included with KERNEL (its name),
 * FIELD (of the columns) and EXPR (of a and b, 0 or 1) defined; undefines them.
 */
KERNEL_CLONES static void KERNEL(struct kernel *k)
{
	const __typeof__(*k->in[0]->FIELD) *restrict left = k->in[0]->FIELD;
	const __typeof__(*k->in[0]->FIELD) *restrict right = k->in[1]->FIELD;
	const uint8_t *restrict left_valid = kernel_validity(k->in[0]);
	const uint8_t *restrict right_valid = kernel_validity(k->in[1]);
	uint8_t *restrict out = k->out->boolean;
	const uint16_t *restrict rows = k->sel.rows;
	uint32_t n = k->sel.len;
	if (rows == NULL && k->in[0]->valid == NULL && k->in[1]->valid == NULL) {
		for (uint32_t i = 0; i < n; i++) {
			__typeof__(*left) a = left[i], b = right[i];
			out[i] = (uint8_t)(EXPR);
		}
	} else if (rows == NULL) {
		for (uint32_t i = 0; i < n; i++) {
			__typeof__(*left) a = left[i], b = right[i];
			out[i] = (uint8_t)((EXPR)&left_valid[i] & right_valid[i]);
		}
	} else {
		for (uint32_t at = 0; at < n; at++) {
			uint32_t i = rows[at];
			__typeof__(*left) a = left[i], b = right[i];
			out[i] = (uint8_t)((EXPR)&left_valid[i] & right_valid[i]);
		}
	}
}

#undef KERNEL
#undef FIELD
#undef EXPR
