package io.dmst.lab.train;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.lab.train.data.ImageSet;
import io.dmst.lab.train.data.LoadedData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names the features of a stem by all that they depend on. */
final class FeatureKey {

    private static final int LENGTH = 16;

    private final MessageDigest digest;

    private FeatureKey() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Hexadecimal digits that differ where features may differ. */
    static String of(TrainingRequest request, LoadedData data, Learner learner) {
        ModelConfig config = learner.network().config();
        FeatureKey key = new FeatureKey();
        key.text(config.stem() + " " + config.stemStages() + " " + config.imageSize());
        key.crops(request);
        key.images(data.train());
        key.images(data.validation());
        key.images(data.test());
        for (String name : learner.network().stemParameters()) {
            key.digest.update(bytes(learner.weights().array(name).toFloatArray()));
        }
        return key.digits();
    }

    /** As {@link #of}, for a teacher's class scores of the training images. */
    static String ofTeacher(TrainingRequest request, Teacher teacher, LoadedData data) {
        FeatureKey key = new FeatureKey();
        key.text(teacher.name());
        key.crops(request);
        key.images(data.train());
        return key.digits();
    }

    private void crops(TrainingRequest request) {
        text(request.config().preprocessing().toString());
        text(request.options().augmentation().toString());
        text(request.options().fineTuning().crops() + " " + request.options().seed());
    }

    private void images(ImageSet images) {
        for (int image = 0; image < images.size(); image++) {
            text(images.name(image) + images.label(image));
        }
        text("end");
    }

    private void text(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private String digits() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
    }

    private static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
