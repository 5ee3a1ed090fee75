package io.dmst.core.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * ONNX Runtime with its telemetry off.
 *
 * <p>Since 1.29 its Linux builds report to their maker. They also match the process's command line
 * against regular expressions by recursion, so that a long class path ends the process with a
 * segmentation fault before the first line of any log. Both are switched off by an environment
 * variable alone, and it must be there before the runtime is: hence the call into the C library.
 */
final class QuietRuntime {

    private static final String SWITCH = "ORT_DISABLE_TELEMETRY";
    private static final OrtEnvironment ENVIRONMENT = create();

    private QuietRuntime() {}

    static OrtEnvironment environment() {
        return ENVIRONMENT;
    }

    private static OrtEnvironment create() {
        if (System.getenv(SWITCH) == null) {
            set(SWITCH, "1");
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try {
            environment.setTelemetry(false);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not start", e);
        }
        return environment;
    }

    /** Where the C library has no such function, the runtime has no such telemetry. */
    private static void set(String name, String value) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
        if (setenv.isEmpty()) {
            return;
        }
        FunctionDescriptor signature =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT);
        try (Arena arena = Arena.ofConfined()) {
            int status =
                    (int)
                            linker.downcallHandle(setenv.get(), signature)
                                    .invokeExact(
                                            arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (status != 0) {
                throw new IllegalStateException("the environment takes no variable " + name);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("the C library's setenv cannot be called", e);
        }
    }
}
