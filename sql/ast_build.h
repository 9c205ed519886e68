/*
 * ast_build.h - makes the nodes of ast.h: one call for each action of the grammar.
 *
 * All memory is the builder's arena's. Builders don't fail one by one: the first thing that is
 * wrong (a number too large, a tree too deep) is kept in the builder, and the node made all the
 * same, so that the grammar runs on; whoever runs it looks at `err.code` at the end. Lists are
 * values that an add returns longer: the list passed in must not be used again.
 */
#ifndef WEIR_SQL_AST_BUILD_H
#define WEIR_SQL_AST_BUILD_H

#include "sql/ast.h"

struct sql_token;

struct ast_builder {
	struct arena *arena;
	struct err err; /* the first failure; code 0: none */
};

/* Room for one more item in a list: doubles it in the arena when it is full. */
#define AST_LIST_ADD(arena, list, ...)                                                             \
	((list)->items = ast_list_grown((arena), (list)->items, (list)->len, &(list)->capacity,    \
					sizeof(*(list)->items)),                                   \
	 (list)->items[(list)->len++] = (__VA_ARGS__))

void *ast_list_grown(struct arena *arena, void *items, uint32_t len, uint32_t *capacity,
		     size_t size);

struct ast_pos ast_pos_span(struct ast_pos first, struct ast_pos last);
struct ast_pos ast_pos_end(struct ast_pos pos);

/* The parts of statements that travel through the grammar by value. */
struct ast_create {
	bool or_replace, read_only;
	enum ast_source_kind kind;
	struct ast_pos pos;
};

struct ast_optional_limit {
	bool present;
	int64_t count;
};

struct ast_print_options {
	bool from_beginning;
	int64_t interval;
	struct ast_optional_limit limit;
};

struct ast_optional_duration {
	bool present;
	struct ast_duration duration;
};

struct ast_grouping {
	bool present;
	struct ast_exprs exprs;
	struct ast_pos pos;
};

struct ast_query_parts {
	struct ast_items items;
	struct ast_source from;
	struct ast_joins joins;
	struct ast_window *window;
	struct ast_expr *where;
	struct ast_grouping group_by, partition_by;
	struct ast_expr *having;
	enum ast_emit emit;
	struct ast_optional_limit limit;
	struct ast_pos limit_pos;
};

/* Lists. */
#define AST_NO_LIST(name, type)                                                                    \
	static inline struct type name(void)                                                       \
	{                                                                                          \
		return (struct type){ 0 };                                                         \
	}
AST_NO_LIST(ast_no_names, ast_names)
AST_NO_LIST(ast_no_exprs, ast_exprs)
AST_NO_LIST(ast_no_rows, ast_rows)
AST_NO_LIST(ast_no_whens, ast_whens)
AST_NO_LIST(ast_no_entries, ast_entries)
AST_NO_LIST(ast_no_fields, ast_fields)
AST_NO_LIST(ast_no_columns, ast_columns)
AST_NO_LIST(ast_no_properties, ast_properties)
AST_NO_LIST(ast_no_items, ast_items)
AST_NO_LIST(ast_no_joins, ast_joins)
AST_NO_LIST(ast_no_duration, ast_optional_duration)
AST_NO_LIST(ast_no_limit, ast_optional_limit)
AST_NO_LIST(ast_no_grouping, ast_grouping)
#undef AST_NO_LIST

struct ast_names ast_names_add(struct ast_builder *b, struct ast_names list, struct ast_name name);
struct ast_exprs ast_exprs_add(struct ast_builder *b, struct ast_exprs list, struct ast_expr *expr);
struct ast_exprs ast_exprs_add_two(struct ast_builder *b, struct ast_expr *first,
				   struct ast_expr *second);
struct ast_rows ast_rows_add(struct ast_builder *b, struct ast_rows list, struct ast_exprs row);
struct ast_whens ast_whens_add(struct ast_builder *b, struct ast_whens list,
			       struct ast_expr *condition, struct ast_expr *result);
struct ast_entries ast_entries_add(struct ast_builder *b, struct ast_entries list,
				   struct ast_expr *key, struct ast_expr *value);
struct ast_fields ast_fields_add(struct ast_builder *b, struct ast_fields list,
				 struct ast_field field);
struct ast_columns ast_columns_add(struct ast_builder *b, struct ast_columns list,
				   struct ast_column column);
struct ast_properties ast_properties_add(struct ast_builder *b, struct ast_properties list,
					 struct ast_property property);
struct ast_items ast_items_add(struct ast_builder *b, struct ast_items list, struct ast_item item);
struct ast_joins ast_joins_add(struct ast_builder *b, struct ast_joins list, struct ast_join join);

/* Names and texts. */
struct ast_name ast_name(struct ast_builder *b, const struct sql_token *token);
struct ast_name ast_name_of(const char *text); /* one that nobody wrote; borrowed */
/* A topic's or subject's name: the case as written. */
struct ast_name ast_resource(struct ast_builder *b, const struct sql_token *token);
struct slice ast_text(struct ast_builder *b, const struct sql_token *token);

/* Literals. */
struct ast_expr *ast_null(struct ast_builder *b, struct ast_pos pos);
struct ast_expr *ast_boolean(struct ast_builder *b, struct ast_pos pos, bool value);
struct ast_expr *ast_integer(struct ast_builder *b, struct ast_pos pos, int64_t value);
struct ast_expr *ast_string(struct ast_builder *b, struct ast_pos pos, struct slice text);
struct ast_expr *ast_integer_text(struct ast_builder *b, struct ast_pos pos, bool negative,
				  const struct sql_token *digits);
struct ast_expr *ast_decimal_digits(struct ast_builder *b, struct ast_pos pos, bool negative,
				    const struct sql_token *digits);
struct ast_expr *ast_double_text(struct ast_builder *b, struct ast_pos pos, bool negative,
				 const struct sql_token *digits);
struct ast_expr *ast_decimal_text(struct ast_builder *b, struct ast_pos pos,
				  const struct sql_token *text); /* DECIMAL '1.5' */
struct ast_expr *ast_typed_text(struct ast_builder *b, struct ast_pos pos,
				const struct sql_token *type, const struct sql_token *text);

/* Other expressions. */
struct ast_expr *ast_unit_name(struct ast_builder *b, struct ast_pos pos, int unit);
struct ast_expr *ast_column_ref(struct ast_builder *b, struct ast_pos pos,
				const struct ast_name *source, struct ast_name name);
struct ast_expr *ast_unary(struct ast_builder *b, struct ast_pos pos, enum ast_op op,
			   struct ast_expr *operand);
struct ast_expr *ast_binary(struct ast_builder *b, struct ast_pos pos, enum ast_op op,
			    struct ast_expr *left, struct ast_expr *right);
struct ast_expr *ast_concat(struct ast_builder *b, struct ast_pos pos, struct ast_expr *left,
			    struct ast_expr *right);
struct ast_expr *ast_not(struct ast_builder *b, struct ast_pos pos, struct ast_expr *operand);
struct ast_expr *ast_is_null(struct ast_builder *b, struct ast_pos pos, struct ast_expr *operand,
			     bool null);
struct ast_expr *ast_between(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			     struct ast_expr *low, struct ast_expr *high);
struct ast_expr *ast_in(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			struct ast_exprs items);
struct ast_expr *ast_like(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			  struct ast_expr *pattern, const struct sql_token *escape);
struct ast_expr *ast_at_time_zone(struct ast_builder *b, struct ast_pos pos,
				  struct ast_expr *value);
struct ast_expr *ast_cast(struct ast_builder *b, struct ast_pos pos, struct ast_expr *value,
			  struct ast_type *type);
struct ast_expr *ast_case(struct ast_builder *b, struct ast_pos pos, struct ast_expr *operand,
			  struct ast_whens whens, struct ast_expr *otherwise);
struct ast_expr *ast_array(struct ast_builder *b, struct ast_pos pos, struct ast_exprs items);
struct ast_expr *ast_map(struct ast_builder *b, struct ast_pos pos, struct ast_entries entries);
struct ast_expr *ast_struct(struct ast_builder *b, struct ast_pos pos, struct ast_fields fields);
struct ast_expr *ast_subscript(struct ast_builder *b, struct ast_pos pos, struct ast_expr *base,
			       struct ast_expr *index);
struct ast_expr *ast_field_of(struct ast_builder *b, struct ast_pos pos, struct ast_expr *base,
			      struct ast_name name);
struct ast_expr *ast_call(struct ast_builder *b, struct ast_pos pos, struct ast_name name,
			  struct ast_exprs args);
struct ast_expr *ast_lambda(struct ast_builder *b, struct ast_pos pos, struct ast_names params,
			    struct ast_expr *body);
struct ast_expr *ast_lambda_one(struct ast_builder *b, struct ast_pos pos, struct ast_name param,
				struct ast_expr *body);

/* Types and columns. */
struct ast_field ast_field(struct ast_name name, struct ast_type *type, struct ast_expr *value);
struct ast_type *ast_type_named(struct ast_builder *b, struct ast_pos pos, struct ast_name name);
struct ast_type *ast_type_decimal(struct ast_builder *b, struct ast_pos pos,
				  struct ast_expr *precision, struct ast_expr *scale);
struct ast_type *ast_type_array(struct ast_builder *b, struct ast_pos pos,
				struct ast_type *element);
struct ast_type *ast_type_map(struct ast_builder *b, struct ast_pos pos, struct ast_type *key,
			      struct ast_type *value);
struct ast_type *ast_type_struct(struct ast_builder *b, struct ast_pos pos,
				 struct ast_fields fields);
struct ast_column ast_column(struct ast_builder *b, struct ast_pos pos, struct ast_name name,
			     struct ast_type *type, int role, const struct sql_token *header);
struct ast_property ast_property(struct ast_builder *b, const struct sql_token *key,
				 struct ast_expr *value);

/* Parts of queries. */
struct ast_item ast_item(struct ast_pos pos, struct ast_expr *expr, const struct ast_name *alias);
struct ast_item ast_item_star(struct ast_pos pos, const struct ast_name *source);
struct ast_item ast_item_struct_star(struct ast_pos pos, struct ast_expr *expr);
struct ast_source ast_source(struct ast_name name, const struct ast_name *alias);
struct ast_join ast_join(struct ast_pos pos, int kind, struct ast_source source,
			 struct ast_within *within, struct ast_expr *on);
struct ast_duration ast_duration(struct ast_builder *b, struct ast_pos pos,
				 const struct ast_expr *count, int unit);
struct ast_optional_duration ast_some_duration(struct ast_duration duration);
struct ast_within *ast_within(struct ast_builder *b, struct ast_pos pos, struct ast_duration before,
			      struct ast_duration after, struct ast_optional_duration grace);
struct ast_window *ast_window_options(struct ast_builder *b, const struct ast_duration *retention,
				      const struct ast_duration *grace);
struct ast_window *ast_window(struct ast_pos pos, struct ast_window *options,
			      enum ast_window_kind kind, struct ast_duration size,
			      const struct ast_duration *advance);
struct ast_grouping ast_grouping(struct ast_pos pos, struct ast_exprs exprs);
int64_t ast_integer_of(struct ast_builder *b, const struct ast_expr *number, const char *what);
struct ast_optional_limit ast_limit(struct ast_builder *b, const struct ast_expr *number);
struct ast_query *ast_query(struct ast_builder *b, struct ast_pos pos,
			    const struct ast_query_parts *parts);

/* Statements. */
struct ast_create ast_create(bool or_replace, struct ast_pos pos);
struct ast_create ast_create_kind(struct ast_create create, enum ast_source_kind kind,
				  bool read_only);
struct ast_statement *ast_statement_query(struct ast_builder *b, struct ast_pos pos,
					  struct ast_query *query);
struct ast_statement *ast_create_source(struct ast_builder *b, struct ast_pos pos,
					struct ast_create create, bool if_not_exists,
					struct ast_name name, const struct ast_columns *columns,
					struct ast_properties with);
struct ast_statement *ast_create_as(struct ast_builder *b, struct ast_pos pos,
				    struct ast_create create, bool if_not_exists,
				    struct ast_name name, struct ast_properties with,
				    struct ast_query *query);
struct ast_statement *ast_create_type(struct ast_builder *b, struct ast_pos pos,
				      struct ast_create create, bool if_not_exists,
				      struct ast_name name, struct ast_type *type);
struct ast_statement *ast_create_connector(struct ast_builder *b, struct ast_pos pos,
					   struct ast_create create, bool sink, bool if_not_exists,
					   struct ast_name name, struct ast_properties with);
struct ast_statement *ast_create_function(struct ast_builder *b, struct ast_pos pos,
					  struct ast_create create, bool if_not_exists,
					  struct ast_name name, const struct sql_token *library,
					  struct slice symbol, const struct sql_token *language);
struct ast_statement *ast_insert_select(struct ast_builder *b, struct ast_pos pos,
					struct ast_name name, const struct ast_properties *with,
					struct ast_query *query);
struct ast_statement *ast_insert_values(struct ast_builder *b, struct ast_pos pos,
					enum ast_statement_kind kind, struct ast_name name,
					const struct ast_names *columns, struct ast_rows rows);
struct ast_statement *ast_assert_values(struct ast_builder *b, struct ast_pos pos,
					enum ast_statement_kind kind, struct ast_name name,
					const struct ast_names *columns, struct ast_exprs row);
struct ast_statement *ast_drop(struct ast_builder *b, struct ast_pos pos,
			       enum ast_statement_kind kind, bool if_exists, struct ast_name name);
struct ast_statement *ast_drop_source(struct ast_builder *b, struct ast_pos pos, int kind,
				      bool if_exists, struct ast_name name, bool delete_topic);
struct ast_statement *ast_alter_source(struct ast_builder *b, struct ast_pos pos, int kind,
				       struct ast_name name, struct ast_columns columns);
struct ast_statement *ast_show(struct ast_builder *b, struct ast_pos pos, int subject, bool all,
			       bool extended);
struct ast_statement *ast_describe(struct ast_builder *b, struct ast_pos pos,
				   enum ast_subject subject, struct ast_name name, bool extended);
struct ast_statement *ast_describe_streams(struct ast_builder *b, struct ast_pos pos,
					   bool extended);
struct ast_print_options ast_print_options(bool from_beginning, int64_t interval,
					   struct ast_optional_limit limit);
struct ast_statement *ast_print_topic(struct ast_builder *b, struct ast_pos pos,
				      struct ast_name topic, struct ast_print_options options);
/* TERMINATE, PAUSE, RESUME; `name` NULL: all of them. */
struct ast_statement *ast_control(struct ast_builder *b, struct ast_pos pos,
				  enum ast_statement_kind kind, const struct ast_name *name);
struct ast_statement *ast_explain(struct ast_builder *b, struct ast_pos pos,
				  struct ast_statement *statement);
struct ast_statement *ast_explain_query(struct ast_builder *b, struct ast_pos pos,
					struct ast_name name);
/* SET, UNSET, DEFINE, UNDEFINE, ALTER SYSTEM; `value` NULL where there is none. */
struct ast_statement *ast_set(struct ast_builder *b, struct ast_pos pos,
			      enum ast_statement_kind kind, const struct sql_token *key,
			      const struct sql_token *value);
struct ast_statement *ast_assert_topic(struct ast_builder *b, struct ast_pos pos, bool not_exists,
				       struct ast_name topic, struct ast_properties with,
				       struct ast_optional_duration timeout);
struct ast_statement *ast_assert_schema(struct ast_builder *b, struct ast_pos pos, bool not_exists,
					const struct ast_name *subject, struct ast_expr *id,
					struct ast_optional_duration timeout);
struct ast_statement *ast_assert_source(struct ast_builder *b, struct ast_pos pos, int kind,
					struct ast_name name, const struct ast_columns *columns,
					struct ast_properties with);
struct ast_statement *ast_run_script(struct ast_builder *b, struct ast_pos pos,
				     const struct sql_token *file);

#endif
