package io.dmst.grpc;

import com.google.protobuf.ByteString;
import io.dmst.inference.FailureCode;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.ImageBounds;
import io.dmst.pipeline.Upload;
import io.dmst.pipeline.UploadMemory;
import java.util.List;
import org.springframework.stereotype.Component;

/** Takes the encoded images out of messages, which need not wait for the answer. */
@Component
class Uploads {

    private final ImageBounds bounds;
    private final UploadMemory memory;

    Uploads(ImageBounds bounds, UploadMemory memory) {
        this.bounds = bounds;
        this.memory = memory;
    }

    /** The images of a message in their order, at least one. */
    Checked<List<Checked<Upload>>> all(List<ByteString> images, Exchange exchange) {
        return images.isEmpty()
                ? Checked.refused(
                        FailureCode.INVALID_ARGUMENT,
                        "the request has no images; send at least one encoded file")
                : bounds.counted(images)
                        .then(counted ->
                                Checked.accepted(
                                        counted.stream()
                                                .map(image -> one(image, exchange))
                                                .toList()));
    }

    /** An image, if it is not too large. */
    Checked<Upload> one(ByteString image, Exchange exchange) {
        return bounds.length(image.size())
                .then(length -> Checked.accepted(memory.filled(length, exchange, image::copyTo)));
    }
}
