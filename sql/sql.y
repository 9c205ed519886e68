/*
 * The grammar. Each action makes one call, to a builder of ast_build.h; what a statement means is
 * the analyser's. One statement is parsed at a time, from a list of tokens that parse.c has made; the
 * first token says what is wanted (a statement, an expression, a type). The words are in
 * keywords.def: the build puts them where SQL_KEYWORD_TOKENS and SQL_KEYWORD_NAMES stand below.
 *
 * Where one token of lookahead is not enough, parse.c gives a word another kind when the next one
 * decides it (EMIT before CHANGES, IF before NOT): those tokens end in _LA here.
 *
 * No lookahead correction: on an error the default reductions have closed every optional part, so
 * the tokens then acceptable are the few that had to come, which is what a person wants to read.
 */
%require "3.8"
%language "C"
%define api.pure full
%define api.prefix {sql_yy}
%define api.token.prefix {TOK_}
%define api.location.type {struct ast_pos}
%define parse.error custom
%define parse.lac none
%locations
%expect 0
%param { struct parse *parse }

%code requires {
#include "sql/parse_priv.h"
}

%code {
#define B (&parse->builder)
#define YYMALLOC(bytes) mem_plain((bytes), MEM_FOLDER)
#define YYFREE mem_free
#define YYMAXDEPTH SQL_STACK_MAX
#define YYLLOC_DEFAULT(at, rhs, n)                                                                 \
	((at) = (n) > 0 ? ast_pos_span(YYRHSLOC((rhs), 1), YYRHSLOC((rhs), (n)))                       \
			: ast_pos_end(YYRHSLOC((rhs), 0)))

static int sql_yylex(YYSTYPE *value, struct ast_pos *pos, struct parse *parse);
static void sql_yyerror(struct ast_pos *pos, struct parse *parse, const char *text);
}

%union {
	const struct sql_token *token;
	bool flag;
	int kind;
	int64_t integer;
	struct slice text;
	struct ast_name name;
	struct ast_names names;
	struct ast_expr *expr;
	struct ast_exprs exprs;
	struct ast_rows rows;
	struct ast_whens whens;
	struct ast_entries entries;
	struct ast_field field;
	struct ast_fields fields;
	struct ast_type *type;
	struct ast_columns columns;
	struct ast_column column;
	struct ast_property property;
	struct ast_properties properties;
	struct ast_item item;
	struct ast_items items;
	struct ast_source source;
	struct ast_join join;
	struct ast_joins joins;
	struct ast_duration duration;
	struct ast_within *within;
	struct ast_window *window;
	struct ast_query *query;
	struct ast_create create;
	struct ast_print_options print;
	struct ast_optional_duration timeout;
	struct ast_optional_limit limit;
	struct ast_grouping grouping;
	struct ast_statement *statement;
}

%token END_OF_TEXT 0 "<EOF>"
%token START_STATEMENT START_TEST_STATEMENT START_EXPR START_TYPE START_COLUMNS
%token ';' ',' '(' ')' '.' '[' ']'
/* clang-format off */
@SQL_KEYWORD_TOKENS@
/* clang-format on */
%token <token> EMIT_LA "EMIT" PARTITION_LA "PARTITION" IF_LA "IF" COLUMN_LA "COLUMN"
%token <token> ARRAY_LA "ARRAY" MAP_LA "MAP" STRUCT_LA "STRUCT"
%token <token> LAMBDA_OPEN "(" MINUS_LA "-"
%token '=' '<' '>' '+' '-' '*' '/' '%'
%token NE "<>" LE "<=" GE ">=" CONCAT "||" ASSIGN ":=" ARROW "->" LAMBDA "=>"
%token <token> TEXT "STRING" INTEGER_VALUE DECIMAL_VALUE DOUBLE_VALUE "FLOATING_POINT_VALUE"
%token <token> NAME "IDENTIFIER" DIGIT_NAME "DIGIT_IDENTIFIER" QUOTED_NAME "QUOTED_IDENTIFIER"
%token <token> VARIABLE

%left OR
%left AND
%precedence NOT
%precedence LIKE_ALONE
%precedence ESCAPE
%left CONCAT
%left '+' '-'
%left '*' '/' '%'
%precedence SIGN
%precedence AT

%type <flag> if_not_exists if_exists delete_topic extended all not_exists
%type <kind> source_kind comparison unit unit_reserved join_kind emit column_role show_subject
%type <kind> show_extended
%type <token> name_token free_word property_key word_or_text script language
%type <text> symbol
%type <name> name resource
%type <names> names column_names
%type <expr> expr predicate value primary literal number otherwise arg lambda where having
%type <exprs> exprs exprs_opt values two_values args arg_list lambda_list row
%type <rows> rows
%type <whens> whens
%type <entries> entries entries_opt
%type <field> field type_field
%type <fields> fields fields_opt type_fields
%type <type> type
%type <column> column added_column
%type <columns> columns column_list added_columns
%type <property> property
%type <properties> properties property_list with
%type <item> item
%type <items> items
%type <source> source
%type <join> join
%type <joins> joins
%type <duration> duration
%type <within> within
%type <window> window window_shape window_options
%type <grouping> group_by partition_by grouping
%type <query> query
%type <create> create create_source
%type <integer> interval
%type <print> print_options
%type <limit> limit
%type <timeout> timeout grace
%type <statement> statement test_statement

%%

entry:
	START_STATEMENT statement ';'           { parse->statement = $statement; }
|	START_TEST_STATEMENT test_statement ';' { parse->statement = $test_statement; }
|	START_EXPR expr                         { parse->expr = $expr; }
|	START_TYPE type                         { parse->type = $type; }
|	START_COLUMNS column_list               { parse->columns = $column_list; }
;

/* Statements. */

statement:
	query                                   { $$ = ast_statement_query(B, @$, $query); }
|	create_source if_not_exists name with
		{ $$ = ast_create_source(B, @$, $1, $2, $3, NULL, $4); }
|	create_source if_not_exists name columns with
		{ $$ = ast_create_source(B, @$, $1, $2, $3, &$4, $5); }
|	create_source if_not_exists name with AS query
		{ $$ = ast_create_as(B, @$, $1, $2, $3, $4, $6); }
|	create TYPE if_not_exists name AS type  { $$ = ast_create_type(B, @$, $1, $3, $4, $6); }
|	create SOURCE CONNECTOR if_not_exists name WITH properties
		{ $$ = ast_create_connector(B, @$, $1, false, $4, $5, $7); }
|	create SINK CONNECTOR if_not_exists name WITH properties
		{ $$ = ast_create_connector(B, @$, $1, true, $4, $5, $7); }
|	create FUNCTION if_not_exists name AS TEXT symbol language
		{ $$ = ast_create_function(B, @$, $1, $3, $4, $6, $7, $8); }
|	INSERT INTO name query                  { $$ = ast_insert_select(B, @$, $3, NULL, $4); }
|	INSERT INTO name WITH properties query  { $$ = ast_insert_select(B, @$, $3, &$5, $6); }
|	INSERT INTO name VALUES rows
		{ $$ = ast_insert_values(B, @$, AST_INSERT_VALUES, $3, NULL, $5); }
|	INSERT INTO name column_names VALUES rows
		{ $$ = ast_insert_values(B, @$, AST_INSERT_VALUES, $3, &$4, $6); }
|	DROP source_kind if_exists name delete_topic
		{ $$ = ast_drop_source(B, @$, $2, $3, $4, $5); }
|	DROP CONNECTOR if_exists name           { $$ = ast_drop(B, @$, AST_DROP_CONNECTOR, $3, $4); }
|	DROP TYPE if_exists name                { $$ = ast_drop(B, @$, AST_DROP_TYPE, $3, $4); }
|	DROP FUNCTION if_exists name            { $$ = ast_drop(B, @$, AST_DROP_FUNCTION, $3, $4); }
|	ALTER source_kind name added_columns    { $$ = ast_alter_source(B, @$, $2, $3, $4); }
|	ALTER SYSTEM TEXT '=' TEXT              { $$ = ast_set(B, @$, AST_ALTER_SYSTEM, $3, $5); }
|	show show_subject                       { $$ = ast_show(B, @$, $2, false, false); }
|	show show_extended extended             { $$ = ast_show(B, @$, $2, false, $3); }
|	show all TOPICS extended                { $$ = ast_show(B, @$, AST_SUBJECT_TOPICS, $2, $4); }
|	DESCRIBE name extended
		{ $$ = ast_describe(B, @$, AST_SUBJECT_SOURCE, $2, $3); }
|	DESCRIBE STREAMS extended               { $$ = ast_describe_streams(B, @$, $3); }
|	DESCRIBE FUNCTION name
		{ $$ = ast_describe(B, @$, AST_SUBJECT_FUNCTION, $3, false); }
|	DESCRIBE CONNECTOR name
		{ $$ = ast_describe(B, @$, AST_SUBJECT_CONNECTOR, $3, false); }
|	PRINT resource print_options            { $$ = ast_print_topic(B, @$, $2, $3); }
|	TERMINATE name                          { $$ = ast_control(B, @$, AST_TERMINATE, &$2); }
|	TERMINATE ALL                           { $$ = ast_control(B, @$, AST_TERMINATE, NULL); }
|	PAUSE name                              { $$ = ast_control(B, @$, AST_PAUSE, &$2); }
|	PAUSE ALL                               { $$ = ast_control(B, @$, AST_PAUSE, NULL); }
|	RESUME name                             { $$ = ast_control(B, @$, AST_RESUME, &$2); }
|	RESUME ALL                              { $$ = ast_control(B, @$, AST_RESUME, NULL); }
|	EXPLAIN statement                       { $$ = ast_explain(B, @$, $2); }
|	EXPLAIN name                            { $$ = ast_explain_query(B, @$, $2); }
|	SET TEXT '=' TEXT                       { $$ = ast_set(B, @$, AST_SET, $2, $4); }
|	UNSET TEXT                              { $$ = ast_set(B, @$, AST_UNSET, $2, NULL); }
|	DEFINE NAME '=' TEXT                    { $$ = ast_set(B, @$, AST_DEFINE, $2, $4); }
|	UNDEFINE NAME                           { $$ = ast_set(B, @$, AST_UNDEFINE, $2, NULL); }
|	ASSERT not_exists TOPIC resource with timeout
		{ $$ = ast_assert_topic(B, @$, $2, $4, $5, $6); }
|	ASSERT not_exists SCHEMA timeout
		{ $$ = ast_assert_schema(B, @$, $2, NULL, NULL, $4); }
|	ASSERT not_exists SCHEMA SUBJECT resource timeout
		{ $$ = ast_assert_schema(B, @$, $2, &$5, NULL, $6); }
|	ASSERT not_exists SCHEMA ID literal timeout
		{ $$ = ast_assert_schema(B, @$, $2, NULL, $5, $6); }
|	ASSERT not_exists SCHEMA SUBJECT resource ID literal timeout
		{ $$ = ast_assert_schema(B, @$, $2, &$5, $7, $8); }
;

/* What only scripts of tests may say. */
test_statement:
	statement
|	ASSERT VALUES name VALUES row
		{ $$ = ast_assert_values(B, @$, AST_ASSERT_VALUES, $3, NULL, $5); }
|	ASSERT VALUES name column_names VALUES row
		{ $$ = ast_assert_values(B, @$, AST_ASSERT_VALUES, $3, &$4, $6); }
|	ASSERT NULL VALUES name KEY row
		{ $$ = ast_assert_values(B, @$, AST_ASSERT_TOMBSTONE, $4, NULL, $6); }
|	ASSERT NULL VALUES name column_names KEY row
		{ $$ = ast_assert_values(B, @$, AST_ASSERT_TOMBSTONE, $4, &$5, $7); }
|	ASSERT source_kind name with
		{ $$ = ast_assert_source(B, @$, $2, $3, NULL, $4); }
|	ASSERT source_kind name columns with
		{ $$ = ast_assert_source(B, @$, $2, $3, &$4, $5); }
|	RUN SCRIPT script                       { $$ = ast_run_script(B, @$, $3); }
;

script: TEXT;

create:
	CREATE                                  { $$ = ast_create(false, @$); }
|	CREATE OR REPLACE                       { $$ = ast_create(true, @$); }
;

create_source:
	create STREAM                           { $$ = ast_create_kind($1, AST_STREAM, false); }
|	create TABLE                            { $$ = ast_create_kind($1, AST_TABLE, false); }
|	create SOURCE STREAM                    { $$ = ast_create_kind($1, AST_STREAM, true); }
|	create SOURCE TABLE                     { $$ = ast_create_kind($1, AST_TABLE, true); }
;

source_kind:
	STREAM                                  { $$ = AST_STREAM; }
|	TABLE                                   { $$ = AST_TABLE; }
;

if_not_exists:
	%empty                                  { $$ = false; }
|	IF_LA NOT EXISTS                        { $$ = true; }
;

if_exists:
	%empty                                  { $$ = false; }
|	IF_LA EXISTS                            { $$ = true; }
;

not_exists:
	%empty                                  { $$ = false; }
|	NOT EXISTS                              { $$ = true; }
;

delete_topic:
	%empty                                  { $$ = false; }
|	DELETE TOPIC                            { $$ = true; }
;

extended:
	%empty                                  { $$ = false; }
|	EXTENDED                                { $$ = true; }
;

all:
	%empty                                  { $$ = false; }
|	ALL                                     { $$ = true; }
;

symbol:
	%empty                                  { $$ = SLICE_EMPTY; }
|	',' TEXT                                { $$ = ast_text(B, $2); }
;

language:
	%empty                                  { $$ = NULL; }
|	LANGUAGE name_token                     { $$ = $2; }
;

show: SHOW | LIST;

show_subject:
	PROPERTIES                              { $$ = AST_SUBJECT_PROPERTIES; }
|	FUNCTIONS                               { $$ = AST_SUBJECT_FUNCTIONS; }
|	CONNECTORS                              { $$ = AST_SUBJECT_CONNECTORS; }
|	SOURCE CONNECTORS                       { $$ = AST_SUBJECT_SOURCE_CONNECTORS; }
|	SINK CONNECTORS                         { $$ = AST_SUBJECT_SINK_CONNECTORS; }
|	CONNECTOR PLUGINS                       { $$ = AST_SUBJECT_CONNECTOR_PLUGINS; }
|	TYPES                                   { $$ = AST_SUBJECT_TYPES; }
|	VARIABLES                               { $$ = AST_SUBJECT_VARIABLES; }
;

show_extended:
	STREAMS                                 { $$ = AST_SUBJECT_STREAMS; }
|	TABLES                                  { $$ = AST_SUBJECT_TABLES; }
|	QUERIES                                 { $$ = AST_SUBJECT_QUERIES; }
;

print_options:
	interval limit                          { $$ = ast_print_options(false, $1, $2); }
|	FROM BEGINNING interval limit           { $$ = ast_print_options(true, $3, $4); }
;

interval:
	%empty                                  { $$ = 1; }
|	INTERVAL number                         { $$ = ast_integer_of(B, $2, "INTERVAL"); }
|	SAMPLE number                           { $$ = ast_integer_of(B, $2, "SAMPLE"); }
;

limit:
	%empty                                  { $$ = ast_no_limit(); }
|	LIMIT number                            { $$ = ast_limit(B, $2); }
;

timeout:
	%empty                                  { $$ = ast_no_duration(); }
|	TIMEOUT duration                        { $$ = ast_some_duration($2); }
;

columns: '(' column_list ')'                    { $$ = $2; };

column_list:
	column                                  { $$ = ast_columns_add(B, ast_no_columns(), $1); }
|	column_list ',' column                  { $$ = ast_columns_add(B, $1, $3); }
;

column:
	name type column_role                   { $$ = ast_column(B, @$, $1, $2, $3, NULL); }
|	name type HEADER '(' TEXT ')'           { $$ = ast_column(B, @$, $1, $2, AST_COLUMN_HEADER, $5); }
;

column_role:
	%empty                                  { $$ = AST_COLUMN_VALUE; }
|	KEY                                     { $$ = AST_COLUMN_KEY; }
|	PRIMARY KEY                             { $$ = AST_COLUMN_PRIMARY_KEY; }
|	HEADERS                                 { $$ = AST_COLUMN_HEADERS; }
;

added_columns:
	added_column                            { $$ = ast_columns_add(B, ast_no_columns(), $1); }
|	added_columns ',' added_column          { $$ = ast_columns_add(B, $1, $3); }
;

added_column:
	ADD name type                           { $$ = ast_column(B, @$, $2, $3, AST_COLUMN_VALUE, NULL); }
|	ADD COLUMN_LA name type                 { $$ = ast_column(B, @$, $3, $4, AST_COLUMN_VALUE, NULL); }
;

with:
	%empty                                  { $$ = ast_no_properties(); }
|	WITH properties                         { $$ = $2; }
;

properties: '(' property_list ')'               { $$ = $2; };

property_list:
	property                                { $$ = ast_properties_add(B, ast_no_properties(), $1); }
|	property_list ',' property              { $$ = ast_properties_add(B, $1, $3); }
;

property: property_key '=' literal              { $$ = ast_property(B, $1, $3); };

property_key: word_or_text;

word_or_text:
	name_token
|	TEXT
;

column_names: '(' names ')'                     { $$ = $2; };

names:
	name                                    { $$ = ast_names_add(B, ast_no_names(), $1); }
|	names ',' name                          { $$ = ast_names_add(B, $1, $3); }
;

rows:
	row                                     { $$ = ast_rows_add(B, ast_no_rows(), $1); }
|	rows ',' row                            { $$ = ast_rows_add(B, $1, $3); }
;

row: '(' exprs_opt ')'                          { $$ = $2; };

/* Queries. */

query:
	SELECT items FROM source joins window where group_by partition_by having emit limit
		{ $$ = ast_query(B, @$, &(struct ast_query_parts){
			.items = $items,
			.from = $source,
			.joins = $joins,
			.window = $window,
			.where = $where,
			.group_by = $group_by,
			.partition_by = $partition_by,
			.having = $having,
			.emit = (enum ast_emit)$emit,
			.limit = $limit,
			.limit_pos = @limit }); }
;

items:
	item                                    { $$ = ast_items_add(B, ast_no_items(), $1); }
|	items ',' item                          { $$ = ast_items_add(B, $1, $3); }
;

item:
	expr                                    { $$ = ast_item(@$, $1, NULL); }
|	expr name                               { $$ = ast_item(@$, $1, &$2); }
|	expr AS name                            { $$ = ast_item(@$, $1, &$3); }
|	'*'                                     { $$ = ast_item_star(@$, NULL); }
|	name '.' '*'                            { $$ = ast_item_star(@$, &$1); }
|	primary ARROW '*'                       { $$ = ast_item_struct_star(@$, $1); }
;

source:
	name                                    { $$ = ast_source($1, NULL); }
|	name name                               { $$ = ast_source($1, &$2); }
|	name AS name                            { $$ = ast_source($1, &$3); }
;

joins:
	%empty                                  { $$ = ast_no_joins(); }
|	joins join                              { $$ = ast_joins_add(B, $1, $2); }
;

join: join_kind JOIN source within ON expr      { $$ = ast_join(@$, $1, $3, $4, $6); };

join_kind:
	%empty                                  { $$ = AST_JOIN_INNER; }
|	INNER                                   { $$ = AST_JOIN_INNER; }
|	LEFT outer                              { $$ = AST_JOIN_LEFT; }
|	RIGHT outer                             { $$ = AST_JOIN_RIGHT; }
|	FULL outer                              { $$ = AST_JOIN_FULL; }
;

outer: %empty | OUTER;

within:
	%empty                                  { $$ = NULL; }
|	WITHIN duration grace                   { $$ = ast_within(B, @$, $2, $2, $3); }
|	WITHIN '(' duration ',' duration ')' grace
		{ $$ = ast_within(B, @$, $3, $5, $7); }
;

grace:
	%empty                                  { $$ = ast_no_duration(); }
|	GRACE PERIOD duration                   { $$ = ast_some_duration($3); }
;

duration: number unit                           { $$ = ast_duration(B, @$, $1, $2); };

unit:
	DAY                                     { $$ = AST_DAY; }
|	HOUR                                    { $$ = AST_HOUR; }
|	MINUTE                                  { $$ = AST_MINUTE; }
|	SECOND                                  { $$ = AST_SECOND; }
|	unit_reserved
;

unit_reserved:
	DAYS                                    { $$ = AST_DAY; }
|	HOURS                                   { $$ = AST_HOUR; }
|	MINUTES                                 { $$ = AST_MINUTE; }
|	SECONDS                                 { $$ = AST_SECOND; }
|	MILLISECOND                             { $$ = AST_MILLISECOND; }
|	MILLISECONDS                            { $$ = AST_MILLISECOND; }
;

window:
	%empty                                  { $$ = NULL; }
|	WINDOW window_shape                     { $$ = $2; }
|	WINDOW NAME window_shape                { $$ = $3; }
;

window_shape:
	TUMBLING '(' SIZE duration window_options ')'
		{ $$ = ast_window(@$, $5, AST_WINDOW_TUMBLING, $4, NULL); }
|	HOPPING '(' SIZE duration ',' ADVANCE BY duration window_options ')'
		{ $$ = ast_window(@$, $9, AST_WINDOW_HOPPING, $4, &$8); }
|	SESSION '(' duration window_options ')'
		{ $$ = ast_window(@$, $4, AST_WINDOW_SESSION, $3, NULL); }
;

window_options:
	%empty                                  { $$ = ast_window_options(B, NULL, NULL); }
|	',' RETENTION duration                  { $$ = ast_window_options(B, &$3, NULL); }
|	',' GRACE PERIOD duration               { $$ = ast_window_options(B, NULL, &$4); }
|	',' RETENTION duration ',' GRACE PERIOD duration
		{ $$ = ast_window_options(B, &$3, &$7); }
;

where:
	%empty                                  { $$ = NULL; }
|	WHERE expr                              { $$ = $2; }
;

having:
	%empty                                  { $$ = NULL; }
|	HAVING expr                             { $$ = $2; }
;

group_by:
	%empty                                  { $$ = ast_no_grouping(); }
|	GROUP BY grouping                       { $$ = $3; }
;

partition_by:
	%empty                                  { $$ = ast_no_grouping(); }
|	PARTITION_LA BY grouping                { $$ = $3; }
;

/* A single one in brackets is an expression in brackets. */
grouping:
	values                                  { $$ = ast_grouping(@$, $1); }
|	'(' two_values ')'                      { $$ = ast_grouping(@$, $2); }
|	'(' ')'                                 { $$ = ast_grouping(@$, ast_no_exprs()); }
;

values:
	value                                   { $$ = ast_exprs_add(B, ast_no_exprs(), $1); }
|	values ',' value                        { $$ = ast_exprs_add(B, $1, $3); }
;

two_values:
	value ',' value                         { $$ = ast_exprs_add_two(B, $1, $3); }
|	two_values ',' value                    { $$ = ast_exprs_add(B, $1, $3); }
;

emit:
	%empty                                  { $$ = AST_EMIT_NONE; }
|	EMIT_LA CHANGES                         { $$ = AST_EMIT_CHANGES; }
|	EMIT_LA FINAL                           { $$ = AST_EMIT_FINAL; }
;

/* Expressions. */

exprs_opt:
	%empty                                  { $$ = ast_no_exprs(); }
|	exprs
;

exprs:
	expr                                    { $$ = ast_exprs_add(B, ast_no_exprs(), $1); }
|	exprs ',' expr                          { $$ = ast_exprs_add(B, $1, $3); }
;

expr:
	predicate
|	NOT expr                                { $$ = ast_not(B, @$, $2); }
|	expr AND expr                           { $$ = ast_binary(B, @$, AST_AND, $1, $3); }
|	expr OR expr                            { $$ = ast_binary(B, @$, AST_OR, $1, $3); }
;

predicate:
	value
|	value comparison value                  { $$ = ast_binary(B, @$, (enum ast_op)$2, $1, $3); }
|	value BETWEEN value AND value           { $$ = ast_between(B, @$, $1, $3, $5); }
|	value NOT BETWEEN value AND value
		{ $$ = ast_not(B, @$, ast_between(B, @$, $1, $4, $6)); }
|	value IN '(' exprs ')'                  { $$ = ast_in(B, @$, $1, $4); }
|	value NOT IN '(' exprs ')'              { $$ = ast_not(B, @$, ast_in(B, @$, $1, $5)); }
|	value LIKE value %prec LIKE_ALONE       { $$ = ast_like(B, @$, $1, $3, NULL); }
|	value LIKE value ESCAPE TEXT            { $$ = ast_like(B, @$, $1, $3, $5); }
|	value NOT LIKE value %prec LIKE_ALONE
		{ $$ = ast_not(B, @$, ast_like(B, @$, $1, $4, NULL)); }
|	value NOT LIKE value ESCAPE TEXT
		{ $$ = ast_not(B, @$, ast_like(B, @$, $1, $4, $6)); }
|	value IS NULL                           { $$ = ast_is_null(B, @$, $1, true); }
|	value IS NOT NULL                       { $$ = ast_is_null(B, @$, $1, false); }
|	value IS DISTINCT FROM value            { $$ = ast_binary(B, @$, AST_DISTINCT, $1, $5); }
|	value IS NOT DISTINCT FROM value
		{ $$ = ast_not(B, @$, ast_binary(B, @$, AST_DISTINCT, $1, $6)); }
;

comparison:
	'='                                     { $$ = AST_EQ; }
|	NE                                      { $$ = AST_NE; }
|	'<'                                     { $$ = AST_LT; }
|	LE                                      { $$ = AST_LE; }
|	'>'                                     { $$ = AST_GT; }
|	GE                                      { $$ = AST_GE; }
;

value:
	primary
|	value AT TIME ZONE TEXT                 { $$ = ast_at_time_zone(B, @$, $1); }
|	'-' value %prec SIGN                    { $$ = ast_unary(B, @$, AST_SUB, $2); }
|	'+' value %prec SIGN                    { $$ = ast_unary(B, @$, AST_ADD, $2); }
|	value '*' value                         { $$ = ast_binary(B, @$, AST_MUL, $1, $3); }
|	value '/' value                         { $$ = ast_binary(B, @$, AST_DIV, $1, $3); }
|	value '%' value                         { $$ = ast_binary(B, @$, AST_MOD, $1, $3); }
|	value '+' value                         { $$ = ast_binary(B, @$, AST_ADD, $1, $3); }
|	value '-' value                         { $$ = ast_binary(B, @$, AST_SUB, $1, $3); }
|	value CONCAT value                      { $$ = ast_concat(B, @$, $1, $3); }
;

primary:
	literal
|	DECIMAL TEXT                            { $$ = ast_decimal_text(B, @$, $2); }
|	name_token TEXT                         { $$ = ast_typed_text(B, @$, $1, $2); }
|	CASE whens otherwise END                { $$ = ast_case(B, @$, NULL, $2, $3); }
|	CASE value whens otherwise END          { $$ = ast_case(B, @$, $2, $3, $4); }
|	CAST '(' expr AS type ')'               { $$ = ast_cast(B, @$, $3, $5); }
|	ARRAY_LA '[' exprs_opt ']'              { $$ = ast_array(B, @$, $3); }
|	MAP_LA '(' entries_opt ')'              { $$ = ast_map(B, @$, $3); }
|	STRUCT_LA '(' fields_opt ')'            { $$ = ast_struct(B, @$, $3); }
|	name '(' '*' ')'                        { $$ = ast_call(B, @$, $1, ast_no_exprs()); }
|	name '(' args ')'                       { $$ = ast_call(B, @$, $1, $3); }
|	primary '[' value ']'                   { $$ = ast_subscript(B, @$, $1, $3); }
|	name                                    { $$ = ast_column_ref(B, @$, NULL, $1); }
|	name '.' name                           { $$ = ast_column_ref(B, @$, &$1, $3); }
|	primary ARROW name                      { $$ = ast_field_of(B, @$, $1, $3); }
|	'(' expr ')'                            { $$ = $2; }
;

whens:
	WHEN expr THEN expr                     { $$ = ast_whens_add(B, ast_no_whens(), $2, $4); }
|	whens WHEN expr THEN expr               { $$ = ast_whens_add(B, $1, $3, $5); }
;

otherwise:
	%empty                                  { $$ = NULL; }
|	ELSE expr                               { $$ = $2; }
;

entries_opt:
	%empty                                  { $$ = ast_no_entries(); }
|	entries
;

entries:
	expr ASSIGN expr                        { $$ = ast_entries_add(B, ast_no_entries(), $1, $3); }
|	entries ',' expr ASSIGN expr            { $$ = ast_entries_add(B, $1, $3, $5); }
;

fields_opt:
	%empty                                  { $$ = ast_no_fields(); }
|	fields
;

fields:
	field                                   { $$ = ast_fields_add(B, ast_no_fields(), $1); }
|	fields ',' field                        { $$ = ast_fields_add(B, $1, $3); }
;

field: name ASSIGN expr                         { $$ = ast_field($1, NULL, $3); };

args:
	%empty                                  { $$ = ast_no_exprs(); }
|	arg_list
|	lambda_list
;

arg_list:
	arg                                     { $$ = ast_exprs_add(B, ast_no_exprs(), $1); }
|	arg_list ',' arg                        { $$ = ast_exprs_add(B, $1, $3); }
;

lambda_list:
	arg_list ',' lambda                     { $$ = ast_exprs_add(B, $1, $3); }
|	lambda_list ',' lambda                  { $$ = ast_exprs_add(B, $1, $3); }
;

arg:
	expr
|	unit_reserved                           { $$ = ast_unit_name(B, @$, $1); }
;

lambda:
	name LAMBDA expr                        { $$ = ast_lambda_one(B, @$, $1, $3); }
|	LAMBDA_OPEN names ')' LAMBDA expr       { $$ = ast_lambda(B, @$, $2, $5); }
;

literal:
	NULL                                    { $$ = ast_null(B, @$); }
|	TRUE                                    { $$ = ast_boolean(B, @$, true); }
|	FALSE                                   { $$ = ast_boolean(B, @$, false); }
|	TEXT                                    { $$ = ast_string(B, @$, ast_text(B, $1)); }
|	number
;

number:
	INTEGER_VALUE                           { $$ = ast_integer_text(B, @$, false, $1); }
|	MINUS_LA INTEGER_VALUE                  { $$ = ast_integer_text(B, @$, true, $2); }
|	DECIMAL_VALUE                           { $$ = ast_decimal_digits(B, @$, false, $1); }
|	MINUS_LA DECIMAL_VALUE                  { $$ = ast_decimal_digits(B, @$, true, $2); }
|	DOUBLE_VALUE                            { $$ = ast_double_text(B, @$, false, $1); }
|	MINUS_LA DOUBLE_VALUE                   { $$ = ast_double_text(B, @$, true, $2); }
;

/* Types. */

type:
	type ARRAY                              { $$ = ast_type_array(B, @$, $1); }
|	ARRAY '<' type '>'                      { $$ = ast_type_array(B, @$, $3); }
|	MAP '<' type ',' type '>'               { $$ = ast_type_map(B, @$, $3, $5); }
|	STRUCT '<' type_fields '>'              { $$ = ast_type_struct(B, @$, $3); }
|	STRUCT '<' '>'                          { $$ = ast_type_struct(B, @$, ast_no_fields()); }
|	STRUCT NE                               { $$ = ast_type_struct(B, @$, ast_no_fields()); }
|	DECIMAL '(' number ',' number ')'       { $$ = ast_type_decimal(B, @$, $3, $5); }
|	name                                    { $$ = ast_type_named(B, @$, $1); }
|	name '(' type_params ')'                { $$ = ast_type_named(B, @$, $1); }
;

type_params:
	type_param
|	type_params ',' type_param
;

type_param: INTEGER_VALUE | STRING;

type_fields:
	type_field                              { $$ = ast_fields_add(B, ast_no_fields(), $1); }
|	type_fields ',' type_field              { $$ = ast_fields_add(B, $1, $3); }
;

type_field: name type                           { $$ = ast_field($1, $2, NULL); };

/* Names. */

name: name_token                                { $$ = ast_name(B, $1); };

resource: word_or_text                          { $$ = ast_resource(B, $1); };

name_token: NAME | DIGIT_NAME | QUOTED_NAME | free_word;

free_word:
	@SQL_KEYWORD_NAMES@
;

%%

/* The first token says what is wanted; behind the last comes the end of the text. */
static int sql_yylex(YYSTYPE *value, struct ast_pos *pos, struct parse *parse)
{
	if (parse->next == 0) {
		parse->next = 1;
		*pos = parse->len > 0 ? parse->tokens[0].pos : parse->end;
		pos->end = pos->begin;
		return parse->start;
	}
	uint32_t at = parse->next++ - 1;
	if (at >= parse->len) {
		*pos = parse->end;
		return TOK_END_OF_TEXT;
	}
	value->token = &parse->tokens[at];
	*pos = parse->tokens[at].pos;
	return parse->tokens[at].kind;
}

/* A failure of the parser's own: its stack is full. */
static void sql_yyerror(struct ast_pos *pos, struct parse *parse, const char *text)
{
	(void)pos;
	(void)text;
	parse->failed = true;
	parse->too_deep = true;
	parse->error_at = parse->next >= 2 ? parse->next - 2 : 0;
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parse *parse)
{
	yysymbol_kind_t expected[SQL_EXPECTED_MAX];
	int n = yypcontext_expected_tokens(context, expected, SQL_EXPECTED_MAX);
	parse->failed = true;
	parse->error_at = parse->next >= 2 ? parse->next - 2 : 0;
	parse->expected_len = 0;
	for (int i = 0; i < n; i++)
		parse->expected[parse->expected_len++] = (int)expected[i];
	return 0;
}

const char *sql_symbol_name(int symbol)
{
	return yysymbol_name((yysymbol_kind_t)symbol);
}

int sql_symbol_of(int token)
{
	return (int)YYTRANSLATE(token);
}

int sql_symbol_token_count(void)
{
	return YYNTOKENS;
}
