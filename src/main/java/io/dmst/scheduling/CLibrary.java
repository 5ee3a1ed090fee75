package io.dmst.scheduling;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Functions of the C library, where there are such. */
final class CLibrary {

    private static final Logger log = LoggerFactory.getLogger(CLibrary.class);

    /** Calls a function with arguments of its signature. */
    interface Call {
        int on(MethodHandle function) throws Throwable;
    }

    private CLibrary() {}

    /**
     * Calls a function, without which one gets along as well, only a little slower.
     *
     * @return what it returns; negative where it cannot be called
     */
    static int call(
            String name, FunctionDescriptor signature, Call call, Linker.Option... options) {
        try {
            Linker linker = Linker.nativeLinker();
            Optional<MemorySegment> function = linker.defaultLookup().find(name);
            return function.isEmpty()
                    ? -1
                    : call.on(linker.downcallHandle(function.get(), signature, options));
        } catch (Throwable e) {
            log.debug("the C library's {} cannot be called", name, e);
            return -1;
        }
    }
}
