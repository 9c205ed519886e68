#include "broker/api.h"

#include "broker/broker.h"
#include "wire/errors.h"

const struct api APIS[] = {
#define API(name_, told_first_, first_, last_)                                                     \
	{ .name = #name_,                                                                          \
	  .told_first = (told_first_),                                                             \
	  .first = (first_),                                                                       \
	  .last = (last_),                                                                         \
	  .request = &name_##_request_message,                                                     \
	  .response = &name_##_response_message,                                                   \
	  .handle = handle_##name_ },
#include "broker/api.def"
#undef API
};
const uint32_t APIS_LEN = COUNT_OF(APIS);

const struct api *api_of_key(int16_t key)
{
	for (uint32_t i = 0; i < APIS_LEN; i++) {
		if (APIS[i].request->key == key)
			return &APIS[i];
	}
	return NULL;
}

/* A client newer than we are is told our versions in the oldest form, which every client reads. */
static void take_unknown_api_versions(struct request *request)
{
	request->message = message_new(&request->arena, api_versions_request);
	request->response_version = 0;
	request->version = -1;
}

fallible api_read(struct request *request, struct err *err)
{
	struct frame_start start;
	TRY(frame_peek(request->body, &start, err));
	const struct api *api = api_of_key(start.key);
	if (api == NULL)
		return err_set(err, ERR_UNSUPPORTED, "there is no API %d here", start.key);
	request->api = api;
	request->correlation_id = start.correlation_id;
	if (api->handle == handle_api_versions &&
	    (start.version < 0 || start.version > api->last)) {
		take_unknown_api_versions(request);
		return 0;
	}
	if (start.version < api->first || start.version > api->last)
		return err_set(err, ERR_UNSUPPORTED, "%s has no version %d here", api->name,
			       start.version);
	request->version = request->response_version = start.version;

	struct reader reader = reader_of(request->body);
	struct request_header *header;
	TRY(message_read(&request_header_message,
			 frame_request_header_version(api->request, start.version), &reader,
			 &request->arena, &header, err));
	request->client_id = header->client_id;
	TRY(message_read(api->request, start.version, &reader, &request->arena, &request->message,
			 err));
	return 0;
}

static void tell_apis(struct request *request, struct api_versions_response *response)
{
	response->api_keys.items =
		message_array(&request->arena, api_versions_response_api, APIS_LEN);
	for (uint32_t i = 0; i < APIS_LEN; i++) {
		struct api_versions_response_api *row =
			&response->api_keys.items[response->api_keys.len++];
		row->api_key = APIS[i].request->key;
		row->min_version = APIS[i].told_first;
		row->max_version = APIS[i].last;
	}
}

/* For a version that we do not know: only what is needed to ask again. */
static void tell_own_versions(struct request *request, struct api_versions_response *response)
{
	response->error_code = KAFKA_UNSUPPORTED_VERSION;
	response->api_keys.items = message_array(&request->arena, api_versions_response_api, 1);
	response->api_keys.len = 1;
	response->api_keys.items[0].api_key = request->api->request->key;
	response->api_keys.items[0].min_version = request->api->told_first;
	response->api_keys.items[0].max_version = request->api->last;
}

/* The software names of KIP-511: letters, digits, dots and dashes, not at either end. */
static bool software_name_valid(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		bool inside = i > 0 && i + 1 < name.len && (c == '-' || c == '.');
		if (!letter && !inside)
			return false;
	}
	return name.len > 0;
}

void handle_api_versions(struct broker *broker, struct request *request)
{
	const struct api_versions_request *message = request->message;
	struct api_versions_response *response = request_response(request);
	if (request->version < 0) {
		tell_own_versions(request, response);
	} else if (request->version >= 3 &&
		   (!software_name_valid(message->client_software_name) ||
		    !software_name_valid(message->client_software_version))) {
		response->error_code = KAFKA_INVALID_REQUEST;
	} else {
		tell_apis(request, response);
		broker_tell_features(broker, request, response);
	}
	request_finish(request);
}
