package io.dmst.train;

import io.dmst.checkpoint.ModelConfig;
import io.dmst.train.data.ImageSet;
import io.dmst.train.data.LoadedData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Names the features of a stem by all that they depend on. */
final class FeatureKey {

    private static final int LENGTH = 16;

    private FeatureKey() {}

    /** Hexadecimal digits that differ where features may differ. */
    static String of(TrainingRequest request, LoadedData data, Learner learner) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ModelConfig config = learner.network().config();
            text(digest, config.stem() + " " + config.stemStages() + " " + config.imageSize());
            text(digest, config.preprocessing().toString());
            text(digest, request.options().augmentation().toString());
            text(digest, request.options().fineTuning().crops() + " " + request.options().seed());
            for (ImageSet part : List.of(data.train(), data.validation(), data.test())) {
                for (int image = 0; image < part.size(); image++) {
                    text(digest, part.name(image) + part.label(image));
                }
                text(digest, "end");
            }
            for (String name : learner.network().stemParameters()) {
                digest.update(bytes(learner.weights().array(name).toFloatArray()));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** As {@link #of}, for what a teacher says of the training images. */
    static String ofTeacher(TrainingRequest request, LoadedData data) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            text(digest, request.teacher().map(Teacher::name).orElse(""));
            text(digest, request.options().augmentation().toString());
            text(digest, request.options().fineTuning().crops() + " " + request.options().seed());
            ImageSet images = data.train();
            for (int image = 0; image < images.size(); image++) {
                text(digest, images.name(image) + images.label(image));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void text(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
