package io.dmst.serve.http;

import io.dmst.serve.predict.FailureCode;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.servers.Server;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;

/** The published contract as far as it follows from {@link Contract} and {@link ProblemAnswers}. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    @Bean
    OpenAPI contract() {
        return new OpenAPI()
                .info(
                        new Info()
                                .title("DMST Serve")
                                .version("v1")
                                .description("A white-box vision transformer, served and explained")
                                .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .servers(List.of(new Server().url("/")));
    }

    @Bean
    OperationCustomizer failuresOfTheContract() {
        return (operation, handler) -> {
            Contract contract = handler.getMethodAnnotation(Contract.class);
            if (contract != null) {
                describe(operation, contract, handler);
            }
            return operation;
        };
    }

    private static void describe(Operation operation, Contract contract, HandlerMethod handler) {
        operation.addParametersItem(
                new HeaderParameter()
                        .name(HttpContext.REQUEST_ID)
                        .description("To find the request in the log; echoed, or made if absent")
                        .schema(new StringSchema().maxLength(128)));
        Map<Integer, List<FailureCode>> byStatus =
                Arrays.stream(contract.failures())
                        .collect(
                                Collectors.groupingBy(
                                        code -> ProblemAnswers.status(code).value(),
                                        TreeMap::new,
                                        Collectors.toList()));
        byStatus.forEach((status, codes) ->
                operation.getResponses().addApiResponse(String.valueOf(status), problem(codes)));
        operation
                .getResponses()
                .addApiResponse(
                        String.valueOf(HttpStatus.NOT_ACCEPTABLE.value()),
                        problem(List.of(FailureCode.INVALID_ARGUMENT))
                                .description(
                                        "`INVALID_ARGUMENT`: the answer cannot be what Accept"
                                                + " asks for"));
        boolean timed = List.of(contract.failures()).contains(FailureCode.INVALID_IMAGE);
        operation.getResponses().values().forEach(response -> headers(response, timed));
    }

    private static ApiResponse problem(List<FailureCode> codes) {
        ApiResponse response =
                new ApiResponse()
                        .description(
                                codes.stream()
                                        .map(code -> "`" + code + "`: " + code.meaning())
                                        .collect(Collectors.joining("; ")))
                        .content(
                                content(
                                        org.springframework.http.MediaType
                                                .APPLICATION_PROBLEM_JSON_VALUE,
                                        new Schema<>().$ref("Problem")));
        if (codes.contains(FailureCode.OVERLOADED) || codes.contains(FailureCode.NOT_READY)) {
            response.addHeaderObject("Retry-After", header("Seconds after which to try again"));
        }
        return response;
    }

    private static void headers(ApiResponse response, boolean timed) {
        response.addHeaderObject(HttpContext.REQUEST_ID, header("The request's id"));
        if (timed) {
            response.addHeaderObject(
                    HttpContext.SERVER_TIMING,
                    header(
                            "`decode;dur=…, queue;dur=…, compute;dur=…` in milliseconds; of several"
                                    + " images the slowest one's"));
            response.addHeaderObject(
                    HttpContext.BATCH_SIZE,
                    header("Images that were computed together; 0 where none was"));
        }
    }

    private static Header header(String description) {
        return new Header().description(description).schema(new StringSchema());
    }

    /** The bodies are read past the framework, and the second method shares its handler. */
    @Bean
    OpenApiCustomizer bodiesOfImages() {
        return api -> {
            RecordSchemas.add(api, Problem.class);
            RecordSchemas.add(api, JsonImages.Body.class);
            RecordSchemas.add(api, JsonImages.Instances.class);
            ExplanationSchema.add(api);
            RecordSchemas.require(api);
            for (String operation : List.of("classify", "explain")) {
                PathItem path = path(api, "/v1/" + operation);
                path.getPost().requestBody(images()).operationId(operation);
                path.getPut().requestBody(images()).operationId(operation + "ByPut");
            }
            for (String operation : List.of("predict", "explain")) {
                path(api, "/v1/models/{model}:" + operation)
                        .getPost()
                        .requestBody(instances())
                        .operationId("kserve-" + operation);
            }
        };
    }

    private static PathItem path(OpenAPI api, String path) {
        return Objects.requireNonNull(api.getPaths().get(path), path);
    }

    private static RequestBody instances() {
        return new RequestBody()
                .required(true)
                .content(content("application/json", new Schema<>().$ref("Instances")));
    }

    private static RequestBody images() {
        Schema<?> file = new StringSchema().format("binary");
        Schema<?> form =
                new ObjectSchema()
                        .addProperty(MultipartImages.PART, new ArraySchema().items(file))
                        .addRequiredItem(MultipartImages.PART);
        Content content = content("image/*", file);
        content.putAll(content("application/octet-stream", file));
        content.putAll(content("multipart/form-data", form));
        content.putAll(content("application/json", new Schema<>().$ref("Images")));
        return new RequestBody()
                .required(true)
                .description(
                        "JPEG, PNG, GIF (first frame), BMP or WebP. A body without a Content-Type,"
                                + " or with the application/x-www-form-urlencoded of curl"
                                + " --data-binary, is taken as an image's bytes.")
                .content(content);
    }

    private static Content content(String mediaType, Schema<?> schema) {
        return new Content().addMediaType(mediaType, new MediaType().schema(schema));
    }
}
