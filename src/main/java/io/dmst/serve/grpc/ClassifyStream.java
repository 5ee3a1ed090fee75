package io.dmst.serve.grpc;

import static io.dmst.serve.grpc.VisionEndpoint.given;

import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.Result;
import io.dmst.serve.predict.Call;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.UploadLimits;
import java.util.List;
import java.util.Set;

/**
 * Images that are classified one by one, each with its own model and its own failure.
 *
 * @param pipeline that answers
 * @param limits of images
 */
record ClassifyStream(ImagePipeline pipeline, UploadLimits limits)
        implements Streams.Answering<ClassifyStreamRequest, ClassifyStreamResponse> {

    @Override
    public String operation() {
        return "classify_stream";
    }

    @Override
    public ClassifyStreamResponse answer(ClassifyStreamRequest message, RequestContext context) {
        int topK = Ranking.checked(message.hasTopK() ? message.getTopK() : Ranking.DEFAULT);
        Predictor predictor =
                pipeline.predictor(given(message.getModel()), given(message.getVersion()), context);
        Deadline deadline = pipeline.deadline(Answers.allowed(context), context);
        pipeline.admit(predictor, deadline);
        Call call = new Call(predictor, Set.of(), deadline, context);
        Outcome outcome =
                pipeline.classify(call, List.of(VisionEndpoint.upload(limits, message.getImage())))
                        .getFirst();
        if (outcome instanceof Failure failure) {
            context.recorder().failed(failure.code());
        }
        return ClassifyStreamResponse.newBuilder()
                .setId(message.getId())
                .setModel(VisionMessages.identity(predictor.model()))
                .setResult(
                        VisionMessages.result(
                                predictor.model(), outcome, topK, message.getCodingRate()))
                .build();
    }

    @Override
    public ClassifyStreamResponse refuse(ClassifyStreamRequest message, Failure failure) {
        return ClassifyStreamResponse.newBuilder()
                .setId(message.getId())
                .setResult(Result.newBuilder().setError(VisionMessages.error(failure)))
                .build();
    }
}
