package io.dmst.lab.train;

import io.dmst.core.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code result.json}: what a finished training has come to, for programs. */
final class ResultFile {

    static final String NAME = "result.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ResultFile() {}

    static Map<String, Object> of(Evaluation evaluation) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("accuracy", evaluation.accuracy());
        values.put("balanced_accuracy", evaluation.balancedAccuracy());
        values.put("loss", evaluation.loss());
        values.put("images", evaluation.images());
        return values;
    }

    static Map<String, Object> of(MembershipEffect effect) {
        Map<String, Object> values = new LinkedHashMap<>();
        effect.accuracy().forEach((intervention, share) -> values.put(intervention.word(), share));
        Map<String, Object> balanced = new LinkedHashMap<>();
        effect.balanced()
                .forEach((intervention, share) -> balanced.put(intervention.word(), share));
        values.put("balanced", balanced);
        return values;
    }

    /** Writes the file, replaced as a whole. */
    static void write(Path out, Map<String, Object> values) throws IOException {
        AtomicFile.replace(out.resolve(NAME), JSON.writeValueAsString(values) + "\n");
    }
}
