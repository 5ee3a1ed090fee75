package io.dmst.serve.oip;

import io.dmst.serve.predict.ServedModel;
import java.util.List;

/**
 * The answer to a request.
 *
 * @param model that answered
 * @param id of the request
 * @param outputs in the order in which they were asked for
 */
public record InferAnswer(ServedModel model, String id, List<OutputTensor> outputs) {

    public InferAnswer {
        outputs = List.copyOf(outputs);
    }
}
