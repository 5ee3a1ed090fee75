package io.dmst.lab.train;

import ai.djl.ndarray.NDManager;
import io.dmst.core.image.Preprocessor;
import io.dmst.core.model.Network;
import io.dmst.lab.train.augment.AugmentOptions;
import io.dmst.lab.train.data.BatchLoader;
import io.dmst.lab.train.data.BatchOptions;
import io.dmst.lab.train.data.BatchSource;
import io.dmst.lab.train.data.ImageSet;
import io.dmst.lab.train.data.LoadedData;
import io.dmst.lab.train.data.PictureRows;
import io.dmst.lab.train.data.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images of a training as batches and as examples to judge by: from pixels, or, while the stem
 * is frozen, from its features, which are computed once.
 */
final class TrainingSet implements AutoCloseable {

    private final TrainingRequest request;
    private final LoadedData data;
    private final Network network;
    private final Preprocessor preprocessor;
    private final List<Closeable> opened = new ArrayList<>();
    private final RowSource trainingRows;
    private final Examples training;
    private final Examples validation;
    private final Optional<FeatureCache> cache;

    /**
     * Images and how the network wants them.
     *
     * @param data the images
     * @param preprocessor of the network
     */
    record Images(LoadedData data, Preprocessor preprocessor) {}

    private TrainingSet(
            TrainingRequest request,
            Images images,
            NDManager manager,
            Network network,
            Optional<FeatureCache> cache)
            throws IOException {
        this.request = request;
        this.data = images.data();
        this.network = network;
        this.preprocessor = images.preprocessor();
        this.cache = cache;
        RowSource changed =
                PictureRows.training(data.train(), preprocessor, request.options().augmentation());
        if (cache.isPresent()) {
            int crops = request.options().fineTuning().crops();
            CachedFeatures features = cached(manager, "training", data.train(), changed, crops);
            this.training = features;
            boolean flip = request.options().augmentation().flip();
            this.trainingRows = taught(new FeatureRows(features, flip));
        } else {
            this.training = new PixelExamples(network, plain(data.train()));
            this.trainingRows =
                    request.teacher().isPresent()
                            ? taught(new FixedCrops(crops(preprocessor)))
                            : changed;
        }
        this.validation = examples(manager, "validation", data.validation());
    }

    /**
     * Prepares the images of a training; with a frozen stem this computes their features.
     *
     * @throws IOException if images cannot be read or features not be written
     */
    static TrainingSet of(
            TrainingRequest request, Images images, NDManager manager, Learner learner)
            throws IOException {
        Optional<FeatureCache> cache =
                request.options().fineTuning().freeze().keepsFeatures()
                        ? Optional.of(
                                new FeatureCache(
                                        directory(request),
                                        FeatureKey.of(request, images.data(), learner),
                                        learner.network(),
                                        learner.weights(),
                                        request.stop()))
                        : Optional.empty();
        return new TrainingSet(request, images, manager, learner.network(), cache);
    }

    static Path directory(TrainingRequest request) {
        return request.output().cache().orElse(request.out().resolve("features"));
    }

    private RowSource taught(CropRows rows) throws IOException {
        if (request.teacher().isEmpty()) {
            return rows;
        }
        Teacher teacher = request.teacher().get();
        Preprocessor size =
                new Preprocessor(
                        teacher.height(),
                        teacher.width(),
                        network.config().preprocessing().cropFraction());
        String key = FeatureKey.ofTeacher(request, teacher, data);
        TeacherLogits logits =
                TeacherLogits.of(
                        directory(request).resolve("teacher-" + key + ".f16"),
                        teacher,
                        crops(size),
                        data.labels(),
                        request.stop());
        opened.add(logits);
        return logits.taught(rows, request.options().distillation());
    }

    private FeatureCache.Crops crops(Preprocessor size) {
        return new FeatureCache.Crops(
                "training",
                PictureRows.evaluation(data.train(), size),
                PictureRows.training(data.train(), size, request.options().augmentation()),
                request.options().fineTuning().crops(),
                request.options().seed());
    }

    private RowSource plain(ImageSet images) {
        return PictureRows.evaluation(images, preprocessor);
    }

    private Examples examples(NDManager manager, String part, ImageSet images) throws IOException {
        RowSource plain = plain(images);
        return cache.isPresent() && images.size() > 0
                ? cached(manager, part, images, plain, 1)
                : new PixelExamples(network, plain);
    }

    private CachedFeatures cached(
            NDManager manager, String part, ImageSet images, RowSource changed, int crops)
            throws IOException {
        long seed = request.options().seed();
        FeatureCache.Crops wanted =
                new FeatureCache.Crops(part, plain(images), changed, crops, seed);
        CachedFeatures features = cache.orElseThrow().of(manager, wanted);
        opened.add(features);
        return features;
    }

    /** Training images without augmentation. */
    Examples training() {
        return training;
    }

    /** Images to choose the best epoch by; there may be none. */
    Examples validation() {
        return validation;
    }

    /** Images to judge the finished model by; to be looked at once. */
    Examples test(NDManager manager) throws IOException {
        return examples(manager, "test", data.test());
    }

    /** Batches to train with. */
    BatchSource batches() {
        TrainOptions options = request.options();
        // mixing a patch of one image into another has no meaning for features of several sizes
        AugmentOptions mixing =
                cache.isPresent() ? options.augmentation().withoutCutmix() : options.augmentation();
        return new BatchLoader(
                trainingRows,
                data.labels().size(),
                new BatchOptions(
                        Math.min(options.batchSize(), trainingRows.size()),
                        Math.min(2, trainingRows.size()),
                        options.regularisation().labelSmoothing(),
                        options.sampling().balance(),
                        options.sampling().classWeights(),
                        options.seed()),
                mixing,
                request.data().threads());
    }

    LoadedData data() {
        return data;
    }

    /** Closes what is open; nothing the second time. */
    @Override
    public void close() throws IOException {
        for (Closeable file : opened) {
            file.close();
        }
        opened.clear();
    }
}
