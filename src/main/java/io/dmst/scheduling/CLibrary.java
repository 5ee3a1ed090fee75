package io.dmst.scheduling;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Functions of the C library, where there are such. */
final class CLibrary {

    private static final Logger log = LoggerFactory.getLogger(CLibrary.class);

    /** Calls a function with arguments of its signature. */
    interface Call {
        int on(MethodHandle function) throws Throwable;
    }

    /** Linked once: that takes a thousand times as long as a call. */
    private static final Map<Function, Optional<MethodHandle>> linked = new ConcurrentHashMap<>();

    private record Function(String name, FunctionDescriptor signature) {}

    private CLibrary() {}

    /**
     * Calls a function, without which one gets along as well, only a little slower.
     *
     * @param options of its linking, always the same for a name
     * @return what it returns; negative where it cannot be called
     */
    static int call(
            String name, FunctionDescriptor signature, Call call, Linker.Option... options) {
        try {
            Optional<MethodHandle> function =
                    linked.computeIfAbsent(
                            new Function(name, signature), wanted -> link(wanted, options));
            return function.isEmpty() ? -1 : call.on(function.get());
        } catch (Throwable e) {
            log.debug("the C library's {} cannot be called", name, e);
            return -1;
        }
    }

    private static Optional<MethodHandle> link(Function function, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(function.name())
                .map(address -> linker.downcallHandle(address, function.signature(), options));
    }
}
