package io.dmst.core.checkpoint;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Header of a safetensors file: where every tensor's values lie in the buffer behind it. A valid
 * one covers the buffer exactly: no overlap, no hole, nothing left over.
 *
 * @param source for messages
 * @param entries by tensor name
 * @param metadata free text by key
 */
record SafetensorsHeader(
        String source, SortedMap<String, Entry> entries, Map<String, String> metadata) {

    /** Key of the metadata among the tensor names. */
    static final String METADATA = "__metadata__";

    /** Longest header that the format allows, in bytes. */
    static final int MAX_BYTES = 100_000_000;

    /**
     * Place of one tensor.
     *
     * @param dtype of its values
     * @param shape outermost first
     * @param begin offset of its first byte in the buffer
     * @param end offset behind its last byte
     */
    record Entry(DType dtype, List<Integer> shape, long begin, long end) {

        long bytes() {
            return end - begin;
        }
    }

    /** Places tensors one after the other, the widest types first, then by name. */
    static SafetensorsHeader layOut(
            String source, Map<String, Tensor> tensors, Map<String, String> metadata) {
        TreeMap<String, Entry> entries = new TreeMap<>();
        long end = 0;
        for (Map.Entry<String, Tensor> named : widestFirst(tensors)) {
            Tensor tensor = named.getValue();
            long begin = end;
            end += tensor.byteSize();
            entries.put(named.getKey(), new Entry(tensor.dtype(), tensor.shape(), begin, end));
        }
        return new SafetensorsHeader(source, entries, metadata);
    }

    private static List<Map.Entry<String, Tensor>> widestFirst(Map<String, Tensor> tensors) {
        return tensors.entrySet().stream()
                .sorted(
                        Map.Entry.<String, Tensor>comparingByValue(
                                        Comparator.comparing(Tensor::dtype).reversed())
                                .thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }

    /** Entries in the order of their values in the buffer. */
    List<Map.Entry<String, Entry>> inBufferOrder() {
        return entries.entrySet().stream()
                .sorted(
                        Map.Entry.comparingByValue(
                                Comparator.comparingLong(Entry::begin)
                                        .thenComparingLong(Entry::end)
                                        .thenComparing(Entry::dtype, Comparator.reverseOrder())))
                .toList();
    }

    /**
     * Checks every entry and that together they cover the buffer.
     *
     * @param bufferBytes what follows the header in the file
     * @throws CheckpointException naming the tensor
     */
    void check(long bufferBytes) {
        entries.forEach((name, entry) -> checkEntry(name, entry, bufferBytes));
        long covered = 0;
        String previous = "the start";
        for (Map.Entry<String, Entry> named : inBufferOrder()) {
            String name = named.getKey();
            Entry entry = named.getValue();
            if (entry.begin() != covered) {
                String wrong = entry.begin() < covered ? "overlaps" : "leaves a hole behind";
                throw fault(
                        name,
                        "data_offsets must begin at %d, but %d %s %s",
                        covered,
                        entry.begin(),
                        wrong,
                        previous);
            }
            covered = entry.end();
            previous = "tensor '" + name + "'";
        }
        if (covered != bufferBytes) {
            throw new CheckpointException(
                    "%s: the tensors end at byte %d of the buffer, but it has %d bytes (%d too many)"
                            .formatted(source, covered, bufferBytes, bufferBytes - covered));
        }
    }

    private void checkEntry(String name, Entry entry, long bufferBytes) {
        if (entry.begin() < 0 || entry.begin() > entry.end()) {
            throw fault(
                    name,
                    "data_offsets must be 0 ≤ begin ≤ end, not [%d, %d]",
                    entry.begin(),
                    entry.end());
        }
        if (entry.end() > bufferBytes) {
            throw fault(
                    name,
                    "data_offsets end at %d, but the buffer has %d bytes: the file is truncated"
                            + " or its header wrong",
                    entry.end(),
                    bufferBytes);
        }
        long expected;
        try {
            expected = Math.multiplyExact(Tensor.size(entry.shape()), (long) entry.dtype().bytes());
        } catch (ArithmeticException e) {
            throw fault(name, "the size of shape %s overflows", entry.shape());
        }
        if (expected != entry.bytes()) {
            throw fault(
                    name,
                    "%s%s takes %d bytes, but data_offsets [%d, %d] give %d",
                    entry.dtype(),
                    entry.shape(),
                    expected,
                    entry.begin(),
                    entry.end(),
                    entry.bytes());
        }
    }

    private CheckpointException fault(String name, String format, Object... values) {
        return new CheckpointException(
                source + ": tensor '" + name + "': " + format.formatted(values));
    }
}
