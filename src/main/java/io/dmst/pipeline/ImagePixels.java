package io.dmst.pipeline;

import io.dmst.image.Decoded;
import io.dmst.image.ImageDecoder;
import io.dmst.image.ImageLimits;
import io.dmst.image.Preprocessor;
import io.dmst.image.Rows;
import io.dmst.inference.FailureCode;
import io.dmst.inference.ServedModel;
import java.lang.foreign.MemorySegment;
import org.springframework.stereotype.Component;

/** Decodes with the one decoder and preprocessing that training has too. */
@Component
class ImagePixels implements Pixels {

    private final ImageDecoder decoder;

    ImagePixels(PipelineProperties properties) {
        decoder =
                new ImageDecoder(
                        new ImageLimits(
                                Math.toIntExact(properties.maxImageSize().toBytes()),
                                properties.maxPixels(),
                                ImageLimits.DEFAULT_MAX_SIDE_RATIO),
                        properties.decodeMemory().toBytes());
        Thread.ofPlatform().name("decoder-warm-up").daemon().start(ImageDecoder::warmUp);
    }

    @Override
    public Checked<Input> of(MemorySegment file, ServedModel model, int viewSide) {
        return decoder.show(
                file,
                rows -> Checked.accepted(input(rows, model, viewSide)),
                refused -> Checked.refused(code(refused.reason()), refused.detail()));
    }

    @Override
    public boolean quick(MemorySegment file) {
        return decoder.quick(file);
    }

    private static Input input(Rows image, ServedModel model, int viewSide) {
        Preprocessor preprocessor =
                new Preprocessor(model.imageHeight(), model.imageWidth(), model.cropFraction());
        return new Input(
                preprocessor.apply(image),
                viewSide == 0 ? null : preprocessor.view(image, viewSide));
    }

    private static FailureCode code(Decoded.Reason reason) {
        return switch (reason) {
            case INVALID -> FailureCode.INVALID_IMAGE;
            case UNSUPPORTED -> FailureCode.UNSUPPORTED_MEDIA_TYPE;
            case TOO_LARGE -> FailureCode.TOO_LARGE;
        };
    }
}
