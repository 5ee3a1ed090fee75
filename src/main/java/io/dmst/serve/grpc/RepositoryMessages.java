package io.dmst.serve.grpc;

import inference.DataType;
import inference.InferBatchStatistics;
import inference.InferStatistics;
import inference.ModelConfig;
import inference.ModelConfigResponse;
import inference.ModelInput;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import inference.ModelOutput;
import inference.ModelStatistics;
import inference.ModelStatisticsResponse;
import inference.RepositoryIndexResponse;
import inference.StatisticDuration;
import io.dmst.serve.oip.Datatype;
import io.dmst.serve.oip.InferenceStatistics;
import io.dmst.serve.oip.ModelTensors;
import io.dmst.serve.oip.Repository;
import io.dmst.serve.oip.ServerFacts;
import io.dmst.serve.oip.TensorSpec;
import io.dmst.serve.predict.ServedModel;
import java.util.List;

/** Messages about models, as the Open Inference Protocol has them. */
final class RepositoryMessages {

    private RepositoryMessages() {}

    static ModelMetadataResponse metadata(
            ServedModel model, List<String> versions, ModelTensors tensors) {
        return ModelMetadataResponse.newBuilder()
                .setName(model.name())
                .addAllVersions(versions)
                .setPlatform(ServerFacts.PLATFORM)
                .addAllInputs(metadata(tensors.inputs()))
                .addAllOutputs(metadata(tensors.outputs()))
                .putAllProperties(ServerFacts.properties(model))
                .build();
    }

    private static List<TensorMetadata> metadata(List<TensorSpec> specs) {
        return specs.stream()
                .map(spec ->
                        TensorMetadata.newBuilder()
                                .setName(spec.name())
                                .setDatatype(spec.datatype().name())
                                .addAllShape(spec.shape())
                                .build())
                .toList();
    }

    static ModelConfigResponse config(ServedModel model, ModelTensors tensors) {
        ModelConfig.Builder config =
                ModelConfig.newBuilder()
                        .setName(model.name())
                        .setPlatform(ServerFacts.CONFIG_PLATFORM)
                        .setBackend(ServerFacts.BACKEND);
        tensors.inputs()
                .forEach(spec ->
                        config.addInput(
                                ModelInput.newBuilder()
                                        .setName(spec.name())
                                        .setDataType(type(spec.datatype()))
                                        .addAllDims(spec.shape())
                                        .setOptional(true)));
        tensors.outputs()
                .forEach(spec ->
                        config.addOutput(
                                ModelOutput.newBuilder()
                                        .setName(spec.name())
                                        .setDataType(type(spec.datatype()))
                                        .addAllDims(spec.shape())));
        return ModelConfigResponse.newBuilder().setConfig(config).build();
    }

    /** Triton's configuration calls BYTES a string. */
    private static DataType type(Datatype datatype) {
        return DataType.valueOf(ServerFacts.configName(datatype));
    }

    static RepositoryIndexResponse index(List<Repository.Entry> entries) {
        RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
        entries.forEach(entry ->
                index.addModels(
                        RepositoryIndexResponse.ModelIndex.newBuilder()
                                .setName(entry.name())
                                .setVersion(entry.version())
                                .setState(entry.state())
                                .setReason(entry.reason())));
        return index.build();
    }

    static ModelStatisticsResponse statistics(List<InferenceStatistics.OfModel> models) {
        ModelStatisticsResponse.Builder response = ModelStatisticsResponse.newBuilder();
        models.forEach(model -> response.addModelStats(statistics(model)));
        return response.build();
    }

    private static ModelStatistics statistics(InferenceStatistics.OfModel found) {
        ModelStatistics.Builder message =
                ModelStatistics.newBuilder()
                        .setName(found.model().name())
                        .setVersion(found.model().version())
                        .setLastInference(found.lastInference())
                        .setInferenceCount(found.images())
                        .setExecutionCount(found.executions())
                        .setInferenceStats(
                                InferStatistics.newBuilder()
                                        .setSuccess(spent(found.success()))
                                        .setFail(spent(found.fail()))
                                        .setQueue(spent(found.queue()))
                                        .setComputeInput(spent(found.input()))
                                        .setComputeInfer(spent(found.infer()))
                                        .setComputeOutput(spent(found.output())));
        found.batches()
                .forEach(batch ->
                        message.addBatchStats(
                                InferBatchStatistics.newBuilder()
                                        .setBatchSize(batch.size())
                                        .setComputeInput(spent(batch.input()))
                                        .setComputeInfer(spent(batch.infer()))
                                        .setComputeOutput(spent(batch.output()))));
        return message.build();
    }

    private static StatisticDuration spent(InferenceStatistics.Spent spent) {
        return StatisticDuration.newBuilder().setCount(spent.count()).setNs(spent.nanos()).build();
    }
}
