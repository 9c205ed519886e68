/*
 * What is asked about security of a broker that has none yet: each answer says that it is not
 * enabled, with the code that clients and tools know for it.
 */
#include "broker/api.h"
#include "broker/handle.h"

void handle_sasl_handshake(struct broker *broker, struct request *request)
{
	(void)broker;
	struct sasl_handshake_response *response = request_response(request);
	response->error_code = KAFKA_ILLEGAL_SASL_STATE;
	request_finish(request);
}

void handle_sasl_authenticate(struct broker *broker, struct request *request)
{
	(void)broker;
	struct sasl_authenticate_response *response = request_response(request);
	response->error_code = KAFKA_ILLEGAL_SASL_STATE;
	response->error_message = handle_text(request, kafka_error_text(KAFKA_ILLEGAL_SASL_STATE));
	request_finish(request);
}

static struct slice no_authorizer(struct request *request)
{
	return handle_text(request, kafka_error_text(KAFKA_SECURITY_DISABLED));
}

void handle_describe_acls(struct broker *broker, struct request *request)
{
	(void)broker;
	struct describe_acls_response *response = request_response(request);
	response->error_code = KAFKA_SECURITY_DISABLED;
	response->error_message = no_authorizer(request);
	request_finish(request);
}

void handle_create_acls(struct broker *broker, struct request *request)
{
	(void)broker;
	const struct create_acls_request *message = request->message;
	struct create_acls_response *response = request_response(request);
	uint32_t n = message->creations.len;
	response->results.items = message_array(&request->arena, create_acls_response_result, n);
	response->results.len = n;
	for (uint32_t i = 0; i < n; i++) {
		response->results.items[i].error_code = KAFKA_SECURITY_DISABLED;
		response->results.items[i].error_message = no_authorizer(request);
	}
	request_finish(request);
}

void handle_delete_acls(struct broker *broker, struct request *request)
{
	(void)broker;
	const struct delete_acls_request *message = request->message;
	struct delete_acls_response *response = request_response(request);
	uint32_t n = message->filters.len;
	response->filter_results.items =
		message_array(&request->arena, delete_acls_response_result, n);
	response->filter_results.len = n;
	for (uint32_t i = 0; i < n; i++) {
		response->filter_results.items[i].error_code = KAFKA_SECURITY_DISABLED;
		response->filter_results.items[i].error_message = no_authorizer(request);
	}
	request_finish(request);
}

/* Delegation tokens. */
void handle_create_delegation_token(struct broker *broker, struct request *request)
{
	(void)broker;
	struct create_delegation_token_response *response = request_response(request);
	response->error_code = KAFKA_DELEGATION_TOKEN_AUTH_DISABLED;
	request_finish(request);
}

void handle_renew_delegation_token(struct broker *broker, struct request *request)
{
	(void)broker;
	struct renew_delegation_token_response *response = request_response(request);
	response->error_code = KAFKA_DELEGATION_TOKEN_AUTH_DISABLED;
	request_finish(request);
}

void handle_expire_delegation_token(struct broker *broker, struct request *request)
{
	(void)broker;
	struct expire_delegation_token_response *response = request_response(request);
	response->error_code = KAFKA_DELEGATION_TOKEN_AUTH_DISABLED;
	request_finish(request);
}

void handle_describe_delegation_token(struct broker *broker, struct request *request)
{
	(void)broker;
	struct describe_delegation_token_response *response = request_response(request);
	response->error_code = KAFKA_DELEGATION_TOKEN_AUTH_DISABLED;
	request_finish(request);
}
