package io.dmst.rest;

import io.dmst.image.Decoded;
import io.dmst.image.ImageDecoder;
import io.dmst.image.ImageLimits;
import io.dmst.image.Preprocessor;
import io.dmst.inference.FailureCode;
import io.dmst.inference.ServedModel;
import org.springframework.stereotype.Component;

/** Decodes with the one decoder and preprocessing that training has too. */
@Component
class ImagePixels implements Pixels {

    private final ImageDecoder decoder;

    ImagePixels(RestProperties properties) {
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
    public Checked<byte[]> of(byte[] file, ServedModel model) {
        return switch (decoder.decode(file)) {
            case Decoded.Picture picture ->
                    Checked.accepted(
                            new Preprocessor(
                                            model.imageHeight(),
                                            model.imageWidth(),
                                            model.cropFraction())
                                    .apply(picture.image()));
            case Decoded.Refused(Decoded.Reason reason, String detail) ->
                    Checked.refused(code(reason), detail);
        };
    }

    private static FailureCode code(Decoded.Reason reason) {
        return switch (reason) {
            case INVALID -> FailureCode.INVALID_IMAGE;
            case UNSUPPORTED -> FailureCode.UNSUPPORTED_MEDIA_TYPE;
            case TOO_LARGE -> FailureCode.TOO_LARGE;
        };
    }
}
