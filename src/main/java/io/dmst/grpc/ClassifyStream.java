package io.dmst.grpc;

import static io.dmst.grpc.VisionEndpoint.given;

import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.Result;
import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Outcome;
import io.dmst.inference.Predictor;
import io.dmst.pipeline.Call;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.Pipeline;
import io.dmst.pipeline.Ranking;
import java.util.List;
import java.util.Set;

/**
 * Images that are classified one by one, each with its own model and its own failure.
 *
 * @param pipeline that answers
 * @param uploads takes images out of messages
 */
record ClassifyStream(Pipeline pipeline, Uploads uploads)
        implements Streams.Answering<ClassifyStreamRequest, ClassifyStreamResponse> {

    @Override
    public String operation() {
        return "classify_stream";
    }

    @Override
    public Checked<ClassifyStreamResponse> answer(
            ClassifyStreamRequest message, Exchange exchange) {
        Deadline deadline = pipeline.deadline(Answers.allowed(exchange), exchange);
        return Ranking.checked(message.hasTopK() ? message.getTopK() : Ranking.DEFAULT)
                .then(topK ->
                        pipeline.predictor(
                                        given(message.getModel()),
                                        given(message.getVersion()),
                                        exchange)
                                .then(predictor -> answer(message, predictor, deadline, exchange)));
    }

    private Checked<ClassifyStreamResponse> answer(
            ClassifyStreamRequest message,
            Predictor predictor,
            Deadline deadline,
            Exchange exchange) {
        Call call = new Call(predictor, Set.of(), deadline, exchange);
        Outcome outcome =
                pipeline.files(call, List.of(uploads.one(message.getImage(), exchange))).getFirst();
        int topK = message.hasTopK() ? message.getTopK() : Ranking.DEFAULT;
        if (outcome instanceof Failure failure) {
            exchange.failed(failure.code());
        }
        return Checked.accepted(
                ClassifyStreamResponse.newBuilder()
                        .setId(message.getId())
                        .setModel(VisionMessages.identity(predictor.model()))
                        .setResult(
                                VisionMessages.result(
                                        predictor.model(), outcome, topK, message.getCodingRate()))
                        .build());
    }

    @Override
    public ClassifyStreamResponse refuse(ClassifyStreamRequest message, Failure failure) {
        return ClassifyStreamResponse.newBuilder()
                .setId(message.getId())
                .setResult(Result.newBuilder().setError(VisionMessages.error(failure)))
                .build();
    }
}
