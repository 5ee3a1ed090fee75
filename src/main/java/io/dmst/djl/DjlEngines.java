package io.dmst.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/** The one place that starts DJL's PyTorch engine. */
public final class DjlEngines {

    /** Comes with the engine's native libraries. */
    private static final String NATIVE = "native/lib/pytorch.properties";

    private DjlEngines() {}

    /**
     * A new root of native memory; the caller closes it.
     *
     * @param device where its arrays live
     */
    public static NDManager newManager(Device device) {
        return pytorch().newBaseManager(device);
    }

    /**
     * The device of a name.
     *
     * @param name {@code cpu}, {@code cuda:0} (or another number), or {@code auto}: the first GPU
     *     that the engine sees, else the CPU
     * @throws IllegalArgumentException if there is no such device, saying what there is
     */
    public static Device device(String name) {
        int gpus = pytorch().getGpuCount();
        if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
            return Device.cpu();
        }
        int index = name.equals("auto") ? 0 : cudaIndex(name);
        if (index >= gpus) {
            throw new IllegalArgumentException(
                    "no device " + name + ": the engine sees " + gpus + " GPUs; use cpu or auto");
        }
        return Device.gpu(index);
    }

    private static int cudaIndex(String name) {
        String number = name.startsWith("cuda:") ? name.substring("cuda:".length()) : name;
        if (!number.matches("\\d{1,3}")) {
            throw new IllegalArgumentException(
                    "device must be cpu, auto or cuda:N, not '" + name + "'");
        }
        return Integer.parseInt(number);
    }

    /**
     * How many CPU threads one operation uses; process-wide.
     *
     * @param threads at least 1
     */
    public static void threads(int threads) {
        pytorch();
        JniUtils.setNumThreads(threads);
    }

    /** Version of the engine, for provenance. */
    public static String version() {
        return "DJL PyTorch " + pytorch().getVersion();
    }

    static Engine pytorch() {
        // without these the engine looks for other builds of itself, and reports its use, on the
        // net
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        if (DjlEngines.class.getClassLoader().getResource(NATIVE) == null) {
            throw new IllegalArgumentException(
                    "this build has no PyTorch, which trains and is dmst.inference.engine=djl; images"
                            + " leave it out: use the jar that mvn package makes");
        }
        return Engine.getEngine("PyTorch");
    }
}
