package io.dmst.serve.oip;

import io.dmst.serve.predict.ServedModel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** What the protocol says of the server and its models. */
public final class ServerFacts {

    public static final String NAME = "dmst";

    /** Kind of model; the file that {@code dmst export} writes is of it. */
    public static final String PLATFORM = "onnx_onnxv1";

    /** {@link #PLATFORM} in Triton's words. */
    public static final String CONFIG_PLATFORM = "onnxruntime_onnx";

    /** In Triton's words. */
    public static final String BACKEND = "onnxruntime";

    /** Those of Triton's extensions that are here. */
    public static final List<String> EXTENSIONS =
            List.of(
                    "binary_tensor_data",
                    "classification",
                    "model_configuration",
                    "model_repository",
                    "statistics");

    private ServerFacts() {}

    /** Version of this program; "development" where it is not packed. */
    public static String version() {
        return Objects.requireNonNullElse(
                ServerFacts.class.getPackage().getImplementationVersion(), "development");
    }

    /** Name of a datatype in Triton's model configuration. */
    public static String configName(Datatype datatype) {
        return datatype == Datatype.BYTES ? "TYPE_STRING" : "TYPE_" + datatype.name();
    }

    /** What a model's metadata says beside its tensors. */
    public static Map<String, String> properties(ServedModel model) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("digest", model.digest());
        properties.put("labels", JsonMapper.shared().writeValueAsString(model.labels()));
        return properties;
    }
}
