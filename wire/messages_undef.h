/*
 * messages_undef.h - takes back every word of messages.def after one reading of it.
 * Included last by whoever defined them, so that the next reading starts from nothing.
 */
/* no guard: included once for each reading */
#undef MESSAGE
#undef PART
#undef END
#undef FIELD
#undef FIELD_ARRAY
#undef STRUCT
#undef STRUCTS
#undef BOOL
#undef I8
#undef I16
#undef U16
#undef I32
#undef I64
#undef F64
#undef UUID
#undef STRING
#undef BYTES
#undef RECORDS
#undef I8S
#undef I32S
#undef I64S
#undef UUIDS
#undef STRINGS
