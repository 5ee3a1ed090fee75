package io.dmst.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("load")
class EngineBenchmarkTests {

    @Test
    void bothBatchSizesAreMeasured() throws Exception {
        EngineBenchmark.main();

        JsonNode results = JsonMapper.shared().readTree(LoadFiles.result("engine.json").toFile());
        assertThat(results.valueStream().map(result -> result.at("/params/batch").asString()))
                .containsExactly("1", "8");
    }
}
