package io.dmst.cli;

import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.NpzFile;
import io.dmst.core.explain.picture.PictureRenderer;
import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import io.dmst.serve.predict.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import tools.jackson.databind.json.JsonMapper;

/** The files of one explanation. */
record ExplanationFiles(FileNames.Name name) {

    void write(Explanation explanation, Prediction prediction, PictureRenderer pictures)
            throws IOException {
        Files.write(
                name.of("npz"),
                NpzFile.of(explanation, prediction.logits(), prediction.probabilities()));
        Files.writeString(
                name.of("json"), JsonMapper.shared().writeValueAsString(explanation.tree()) + "\n");
        png("sheet.png", pictures.sheet(PictureRenderer.OVER_PHOTOGRAPH));
        png("maps.png", pictures.sheet(1));
        png("rates.png", pictures.rates());
        if (explanation.contribution().isPresent()) {
            png("contribution.png", pictures.contribution());
        }
        if (explanation.layers().stream().allMatch(layer -> layer.groups().isPresent())) {
            png("segments.png", pictures.segments());
            if (explanation.layers().size() == 1 && explanation.shownGroups().size() == 1) {
                int layer = explanation.layers().getFirst().layer();
                png("overlay.png", pictures.overlay(layer, explanation.shownGroups().getFirst()));
            }
        }
    }

    private void png(String ending, RgbImage picture) throws IOException {
        Files.write(name.of(ending), PngEncoder.encode(picture));
    }
}
