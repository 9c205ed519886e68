/*
 * messages_fields.h - the field words of messages.def in terms of two: FIELD(type, C type, name,
 * ...) and FIELD_ARRAY. Included before each reading of the .def files, and undone by
 * messages_undef.h; with MESSAGE_NO_FIELDS defined, fields vanish.
 */
/* no guard: included once for each reading */
#ifdef MESSAGE_NO_FIELDS
#undef MESSAGE_NO_FIELDS
#define FIELD(...)
#define FIELD_ARRAY(...)
#define STRUCT(...)
#define STRUCTS(...)
#endif

#define BOOL(...) FIELD(FIELD_BOOL, bool, __VA_ARGS__)
#define I8(...) FIELD(FIELD_I8, int8_t, __VA_ARGS__)
#define I16(...) FIELD(FIELD_I16, int16_t, __VA_ARGS__)
#define U16(...) FIELD(FIELD_U16, uint16_t, __VA_ARGS__)
#define I32(...) FIELD(FIELD_I32, int32_t, __VA_ARGS__)
#define I64(...) FIELD(FIELD_I64, int64_t, __VA_ARGS__)
#define F64(...) FIELD(FIELD_F64, double, __VA_ARGS__)
#define UUID(...) FIELD(FIELD_UUID, struct uuid, __VA_ARGS__)
#define STRING(...) FIELD(FIELD_STRING, struct slice, __VA_ARGS__)
#define BYTES(...) FIELD(FIELD_BYTES, struct slice, __VA_ARGS__)
#define RECORDS(...) FIELD(FIELD_RECORDS, struct slice, __VA_ARGS__)
#define I8S(...) FIELD_ARRAY(FIELD_I8, int8_t, __VA_ARGS__)
#define I32S(...) FIELD_ARRAY(FIELD_I32, int32_t, __VA_ARGS__)
#define I64S(...) FIELD_ARRAY(FIELD_I64, int64_t, __VA_ARGS__)
#define UUIDS(...) FIELD_ARRAY(FIELD_UUID, struct uuid, __VA_ARGS__)
#define STRINGS(...) FIELD_ARRAY(FIELD_STRING, struct slice, __VA_ARGS__)
