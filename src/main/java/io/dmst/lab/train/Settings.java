package io.dmst.lab.train;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.lab.train.data.LoadedData;
import java.util.Map;

/** The settings that a training's state is of. */
final class Settings {

    private Settings() {}

    static Map<String, String> of(TrainingRequest request, LoadedData data, ModelConfig config) {
        Map<String, String> settings = OptionValues.of(request.options());
        settings.putAll(OptionValues.of(request.data().split()));
        // name and version say nothing of how it learns
        ModelConfig shape = config.with(Map.of("name", "any", "version", "any"));
        settings.put("network", shape.json().replaceAll("\\s+", " "));
        settings.put("start", request.start().source());
        settings.put("teacher", request.teacher().map(Teacher::name).orElse("none"));
        settings.put("training_images", Integer.toString(data.train().size()));
        settings.put("validation_images", Integer.toString(data.validation().size()));
        settings.put("classes", String.join(", ", data.labels()));
        return settings;
    }
}
