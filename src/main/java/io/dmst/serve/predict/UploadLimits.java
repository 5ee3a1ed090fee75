package io.dmst.serve.predict;

import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Bounds of the images of one request, the same for all protocols. */
@Component
public class UploadLimits {

    private final RequestProperties request;
    private final ImageProperties image;

    UploadLimits(RequestProperties request, ImageProperties image) {
        this.request = request;
        this.image = image;
    }

    /**
     * An encoded image, rejected if it is too large.
     *
     * @param length of the file in bytes
     * @param bytes of the file, asked for only if it is accepted
     */
    public Upload image(long length, Supplier<byte[]> bytes) {
        long most = image.maxSize().toBytes();
        return length <= most
                ? new Upload.File(bytes.get())
                : new Upload.Rejected(
                        new Failure(
                                FailureCode.TOO_LARGE,
                                "the image is larger than %d bytes; send a smaller one"
                                        .formatted(most)));
    }

    /**
     * Checks the number of images of a request.
     *
     * @throws FailureException of {@link FailureCode#TOO_LARGE}
     */
    public void count(int images) {
        if (images > request.maxImages()) {
            throw new FailureException(
                    FailureCode.TOO_LARGE,
                    "there are %d images, the limit is %d; send several requests"
                            .formatted(images, request.maxImages()));
        }
    }
}
