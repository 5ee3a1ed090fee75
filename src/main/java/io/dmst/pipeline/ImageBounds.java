package io.dmst.pipeline;

import static io.dmst.inference.FailureCode.TOO_LARGE;

import java.util.List;
import org.springframework.stereotype.Component;

/** Bounds on what one request may bring, the same for all protocols. */
@Component
public class ImageBounds {

    private final PipelineProperties limits;

    ImageBounds(PipelineProperties limits) {
        this.limits = limits;
    }

    /** An encoded image, if it is not too large. */
    public Checked<Upload> image(byte[] file) {
        return length(file.length).then(fits -> Checked.accepted(Upload.of(file)));
    }

    /** The length of an encoded image, if it is not too large. */
    public Checked<Integer> length(int bytes) {
        return bytes <= limits.maxImageSize().toBytes() ? Checked.accepted(bytes) : tooLarge();
    }

    /** What an image over the limit is told. */
    public <T> Checked<T> tooLarge() {
        return Checked.refused(
                TOO_LARGE,
                "the image is larger than %d bytes; send a smaller one"
                        .formatted(limits.maxImageSize().toBytes()));
    }

    /** The images of a request, if there are not too many. */
    public <T> Checked<List<T>> counted(List<T> images) {
        return count(images.size()).then(count -> Checked.accepted(images));
    }

    /** A number of images, if one request may have as many. */
    public Checked<Integer> count(int images) {
        return images <= limits.maxImages()
                ? Checked.accepted(images)
                : Checked.refused(
                        TOO_LARGE,
                        "there are %d images, the limit is %d; send several requests"
                                .formatted(images, limits.maxImages()));
    }
}
