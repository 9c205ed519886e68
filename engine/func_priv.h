/*
 * func_priv.h - what the families of functions share: where results go, and how large they may get.
 *
 * A kernel that makes texts collects one row's in a buf of its own (func_buf) and hands it over
 * with func_put, which copies it into the step's arena. A value past FUNC_VALUE_BYTES_MAX fails its
 * row, and so does all that would take the step past FUNC_STEP_BYTES_MAX.
 */
#ifndef WEIR_ENGINE_FUNC_PRIV_H
#define WEIR_ENGINE_FUNC_PRIV_H

#include "base/vec.h"
#include "engine/func.h"

/* One result: as much as a topic's largest record, and then some. */
#define FUNC_VALUE_BYTES_MAX ((size_t)16 << 20)
/* What functions may take for the rows of one batch together. */
#define FUNC_STEP_BYTES_MAX ((size_t)1 << 30)

#define func_buf() BUF_INIT(FUNC_VALUE_BYTES_MAX)

/* Stands for a NULL among texts. */
#define FUNC_TEXT_NULL ((struct slice){ .data = NULL, .len = SIZE_MAX })

/* Texts on their way to become an ARRAY<STRING> or, key and value by turns, a MAP. */
struct func_texts {
	VEC(struct slice) list;
};

void func_texts_fini(struct func_texts *texts);

/* Whether the step may take so many bytes more; when not, the row has failed. */
bool func_room(struct eval *eval, uint32_t row, size_t bytes);
/* The row's text is what was built. */
void func_put(struct eval *eval, const struct func_call *call, uint32_t row,
	      const struct buf *built);
/* The row's array has these texts, which live as long as the arguments or the arena. */
void func_put_texts(struct eval *eval, const struct func_call *call, uint32_t row,
		    const struct func_texts *texts);
/* The row's map has them, key and value by turns; the last of equal keys counts. */
void func_put_pairs(struct eval *eval, const struct func_call *call, uint32_t row,
		    const struct func_texts *pairs);

/* Base64 in lines of 76 characters, as java.util.Base64's MIME encoder cuts it. */
void func_append_mime(struct buf *to, struct slice bytes);

#endif
