package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.serve.predict.FailureCode;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * An error answer of RFC 9457, media type {@code application/problem+json}.
 *
 * @param type always {@code about:blank}: {@code code} tells the kinds apart
 * @param title of the status
 * @param status of HTTP
 * @param detail what was expected, what came, what to do
 * @param instance path of the request
 * @param code from the closed vocabulary
 * @param requestId to find the request in the log
 */
@Schema(description = "An error answer of RFC 9457")
record Problem(
        @Schema(description = "Always about:blank: `code` tells the kinds apart") String type,
        @Schema(description = "Of the status") String title,
        @Schema(description = "Of HTTP") int status,
        @Schema(description = "What was expected, what came, what to do") String detail,
        @Schema(description = "Path of the request") String instance,
        @Schema(description = "From the closed vocabulary") FailureCode code,
        @Schema(description = "To find the request in the log") @JsonProperty("request_id")
                String requestId) {}
