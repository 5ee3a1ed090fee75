package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.serve.oip.InferenceStatistics;
import io.dmst.serve.oip.ModelTensors;
import io.dmst.serve.oip.Repository;
import io.dmst.serve.oip.ServerFacts;
import io.dmst.serve.oip.TensorSpec;
import io.dmst.serve.predict.ServedModel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Documents of the Open Inference Protocol and of Triton's extensions. */
final class OipAnswers {

    private OipAnswers() {}

    /** What failed, and why. */
    record Failed(String error) {}

    record Live(boolean live) {}

    record Ready(boolean ready) {}

    record ModelReady(String name, boolean ready) {}

    record Server(String name, String version, List<String> extensions) {

        static Server here() {
            return new Server(ServerFacts.NAME, ServerFacts.version(), ServerFacts.EXTENSIONS);
        }
    }

    record Model(
            String name,
            List<String> versions,
            String platform,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            Map<String, String> properties) {

        static Model of(ServedModel model, List<String> versions, ModelTensors tensors) {
            return new Model(
                    model.name(),
                    versions,
                    ServerFacts.PLATFORM,
                    tensors.inputs(),
                    tensors.outputs(),
                    ServerFacts.properties(model));
        }
    }

    record Config(
            String name,
            String platform,
            String backend,
            @JsonProperty("max_batch_size") int maxBatchSize,
            List<ConfigTensor> input,
            List<ConfigTensor> output) {

        static Config of(ServedModel model, ModelTensors tensors) {
            return new Config(
                    model.name(),
                    ServerFacts.CONFIG_PLATFORM,
                    ServerFacts.BACKEND,
                    0,
                    tensors.inputs().stream().map(spec -> ConfigTensor.of(spec, true)).toList(),
                    tensors.outputs().stream().map(spec -> ConfigTensor.of(spec, null)).toList());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ConfigTensor(
            String name,
            @JsonProperty("data_type") String datatype,
            List<Long> dims,
            @Nullable Boolean optional) {

        static ConfigTensor of(TensorSpec spec, @Nullable Boolean optional) {
            return new ConfigTensor(
                    spec.name(), ServerFacts.configName(spec.datatype()), spec.shape(), optional);
        }
    }

    record Stored(String name, String version, String state, String reason) {

        static List<Stored> of(List<Repository.Entry> entries) {
            return entries.stream()
                    .map(entry ->
                            new Stored(
                                    entry.name(), entry.version(), entry.state(), entry.reason()))
                    .toList();
        }
    }

    record Stats(@JsonProperty("model_stats") List<ModelStats> models) {

        static Stats of(List<InferenceStatistics.OfModel> models) {
            return new Stats(models.stream().map(ModelStats::of).toList());
        }
    }

    record ModelStats(
            String name,
            String version,
            @JsonProperty("last_inference") long lastInference,
            @JsonProperty("inference_count") long images,
            @JsonProperty("execution_count") long executions,
            @JsonProperty("inference_stats") InferStats inference,
            @JsonProperty("batch_stats") List<BatchStats> batches) {

        private static ModelStats of(InferenceStatistics.OfModel found) {
            return new ModelStats(
                    found.model().name(),
                    found.model().version(),
                    found.lastInference(),
                    found.images(),
                    found.executions(),
                    new InferStats(
                            Spent.of(found.success()),
                            Spent.of(found.fail()),
                            Spent.of(found.queue()),
                            Spent.of(found.input()),
                            Spent.of(found.infer()),
                            Spent.of(found.output())),
                    found.batches().stream()
                            .map(batch ->
                                    new BatchStats(
                                            batch.size(),
                                            Spent.of(batch.input()),
                                            Spent.of(batch.infer()),
                                            Spent.of(batch.output())))
                            .toList());
        }
    }

    record InferStats(
            Spent success,
            Spent fail,
            Spent queue,
            @JsonProperty("compute_input") Spent input,
            @JsonProperty("compute_infer") Spent infer,
            @JsonProperty("compute_output") Spent output) {}

    record BatchStats(
            @JsonProperty("batch_size") int size,
            @JsonProperty("compute_input") Spent input,
            @JsonProperty("compute_infer") Spent infer,
            @JsonProperty("compute_output") Spent output) {}

    record Spent(long count, long ns) {

        private static Spent of(InferenceStatistics.Spent spent) {
            return new Spent(spent.count(), spent.nanos());
        }
    }
}
