package io.dmst.serve.oip.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceStub;
import io.dmst.DmstApplication;
import io.dmst.serve.http.OipCaller;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import tools.jackson.databind.JsonNode;

/**
 * The server under test and its model. By default it is our own service with the bundled model, on
 * ports of its own; another one is named by system properties: {@code oip.http} (an address such as
 * {@code http://host:port}), {@code oip.grpc} ({@code host:port}; without it the rules of gRPC are
 * skipped), {@code oip.model}, and {@code oip.inputs} with commas where not every input of the
 * metadata is to be sent.
 *
 * <p>Rules of the suite need a model that gives the same answer to the same inputs.
 */
final class Target {

    private static final String OUR_NAME = "dmst";
    private static final int LARGEST_ANSWER = 64 << 20;

    private static final class Holder {
        static final Target TARGET =
                System.getProperty("oip.http", "").isEmpty() ? ours() : configured();
    }

    private final OipCaller http;
    private final String model;
    private final List<Form> inputs;
    private final JsonNode metadata;
    private final JsonNode server;
    private final String grpc;
    private final ManagedChannel channel;

    private Target(String http, String grpc, String model, List<String> wanted) {
        this.http = new OipCaller(http);
        this.grpc = grpc;
        this.model = model;
        this.server = this.http.get("/v2").ok().json();
        this.metadata = this.http.get(path("")).ok().json();
        this.inputs =
                forms("inputs").stream()
                        .filter(form -> wanted.isEmpty() || wanted.contains(form.name()))
                        .toList();
        this.channel =
                NettyChannelBuilder.forTarget(grpc.isEmpty() ? "localhost:1" : grpc)
                        .usePlaintext()
                        .maxInboundMessageSize(LARGEST_ANSWER)
                        .build();
        assertThat(inputs).as("inputs of the model to send").isNotEmpty();
    }

    /** The one that all rules share. */
    static Target get() {
        return Holder.TARGET;
    }

    private static Target configured() {
        String wanted = System.getProperty("oip.inputs", "");
        return new Target(
                System.getProperty("oip.http"),
                System.getProperty("oip.grpc", ""),
                Objects.requireNonNull(
                        System.getProperty("oip.model"), "-Doip.model must name the model"),
                wanted.isEmpty() ? List.of() : Arrays.asList(wanted.split(",")));
    }

    private static Target ours() {
        ConfigurableApplicationContext context =
                new SpringApplicationBuilder(DmstApplication.class)
                        .run(
                                "--server.port=0",
                                "--management.server.port=0",
                                "--spring.grpc.server.port=0",
                                "--dmst.oip.repository-control=true");
        int port =
                Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                        .getPort();
        return new Target(
                "http://localhost:" + port,
                "localhost:" + context.getBean(GrpcServerLifecycle.class).getPort(),
                "dmst-cifar10",
                List.of("pixels"));
    }

    OipCaller http() {
        return http;
    }

    String model() {
        return model;
    }

    /** What the server says of itself. */
    JsonNode server() {
        return server;
    }

    /** What the server says of the model. */
    JsonNode metadata() {
        return metadata;
    }

    /** A path below the model's. */
    String path(String more) {
        return "/v2/models/" + model + more;
    }

    String infer() {
        return path("/infer");
    }

    /** The inputs to send. */
    List<Form> inputs() {
        return inputs;
    }

    /** The outputs that the metadata names. */
    List<Form> outputs() {
        return forms("outputs");
    }

    List<String> versions() {
        return texts(metadata.path("versions"));
    }

    /** The usual request for some images, or whatever the model's batch is of. */
    List<Tensor> request(int first, int batch) {
        return inputs.stream().map(input -> Tensor.sample(input, first, batch)).toList();
    }

    /** Whether the first dimension of every input is free, so that it can be a batch. */
    boolean batches() {
        return inputs.stream().allMatch(Form::batches);
    }

    /** Skips the rule unless the server names an extension. */
    void assumeExtension(String name) {
        assumeTrue(
                texts(server.path("extensions")).contains(name),
                () -> "the server names no extension " + name);
    }

    /** Skips the rule unless the server is ours. */
    void assumeOurs() {
        assumeTrue(isOurs(), "the rule is of our own models");
    }

    boolean isOurs() {
        return server.path("name").asString().equals(OUR_NAME);
    }

    /** The service over gRPC. */
    GRPCInferenceServiceBlockingStub grpc() {
        assumeTrue(!grpc.isEmpty(), "no address of gRPC was given by -Doip.grpc");
        return GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** The service over gRPC, for streams. */
    GRPCInferenceServiceStub streams() {
        assumeTrue(!grpc.isEmpty(), "no address of gRPC was given by -Doip.grpc");
        return GRPCInferenceServiceGrpc.newStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** The connection for other services of ours. */
    ManagedChannel channel() {
        return channel;
    }

    private List<Form> forms(String field) {
        return metadata.path(field).valueStream().map(Form::of).toList();
    }

    static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    /**
     * A tensor as the metadata describes it.
     *
     * @param shape with -1 where any size fits
     */
    record Form(String name, String datatype, List<Long> shape) {

        static final Set<String> DATATYPES =
                Set.of(
                        "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32",
                        "INT64", "FP16", "FP32", "FP64", "BF16", "BYTES");

        static Form of(JsonNode json) {
            return new Form(
                    json.path("name").asString(),
                    json.path("datatype").asString(),
                    json.path("shape").valueStream().map(JsonNode::asLong).toList());
        }

        boolean batches() {
            return !shape.isEmpty() && shape.getFirst() == -1;
        }

        /** Whether a tensor of another shape is one of these. */
        boolean admits(List<Long> other) {
            boolean fits = other.size() == shape.size();
            for (int i = 0; fits && i < shape.size(); i++) {
                fits = shape.get(i) == -1 || shape.get(i).equals(other.get(i));
            }
            return fits;
        }

        /** The shape with a batch and one where any size fits. */
        List<Long> concrete(int batch) {
            List<Long> sizes = new ArrayList<>(shape);
            sizes.replaceAll(size -> size == -1 ? Long.valueOf(1) : size);
            if (batches()) {
                sizes.set(0, (long) batch);
            }
            return sizes;
        }
    }
}
