package io.dmst.oip;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import io.dmst.pipeline.Checked;
import io.dmst.pipeline.ImageBounds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Holds the inputs of a request against what a model takes. */
final class InputCheck {

    private static final String SHARED_MEMORY = "shared_memory_region";

    private final ModelTensors tensors;
    private final ImageBounds bounds;

    InputCheck(ModelTensors tensors, ImageBounds bounds) {
        this.tensors = tensors;
        this.bounds = bounds;
    }

    /** The images, or what is wrong with the first input that is wrong. */
    Checked<Images> images(List<InferInput> inputs) {
        if (inputs.isEmpty()) {
            return refused("the request has no inputs; the model takes %s", taken());
        }
        for (InferInput input : inputs) {
            if (tensors.inputs().stream().noneMatch(spec -> spec.name().equals(input.name()))) {
                return refused("the model has no input \"%s\"; it takes %s", input.name(), taken());
            }
        }
        if (inputs.size() > 1) {
            return refused(
                    "%d inputs came, but image and pixels are two ways to give the same one; send"
                            + " one of them",
                    inputs.size());
        }
        InferInput input = inputs.getFirst();
        TensorSpec spec =
                input.name().equals(ModelTensors.IMAGE) ? tensors.image() : tensors.pixels();
        return form(input, spec)
                .then(bounds::count)
                .then(count ->
                        spec == tensors.image() ? files(input, count) : pixels(input, count));
    }

    private String taken() {
        return tensors.inputs().stream()
                .map(TensorSpec::toString)
                .collect(Collectors.joining(" or "));
    }

    /** The batch, if datatype and shape are as they must be. */
    private static Checked<Integer> form(InferInput input, TensorSpec spec) {
        if (input.parameters().contains(SHARED_MEMORY)) {
            return refused("input %s is in shared memory; send the data itself", spec.name());
        }
        if (Datatype.named(input.datatype()).isEmpty()) {
            return refused(
                    "input %s has the datatype \"%s\"; the datatypes are %s",
                    spec.name(), input.datatype(), Datatype.names());
        }
        if (!input.datatype().equals(spec.datatype().name())) {
            return refused(
                    "input %s must be %s, not %s", spec.name(), spec.datatype(), input.datatype());
        }
        List<Long> shape = input.shape();
        boolean fits =
                shape.size() == spec.shape().size()
                        && shape.subList(1, shape.size())
                                .equals(spec.shape().subList(1, shape.size()));
        if (!fits || shape.getFirst() < 1) {
            return refused(
                    "input %s must have the shape %s with at least one image, not %s",
                    spec.name(), spec.shape(), shape);
        }
        return Checked.accepted((int) Math.min(Integer.MAX_VALUE, shape.getFirst()));
    }

    private Checked<Images> files(InferInput input, int count) {
        return switch (input.contents()) {
            case Contents.Elements(List<byte[]> elements) -> files(elements, count);
            case Contents.Whole(byte[] element) -> files(List.of(element), count);
            case Contents.Raw(ByteBuffer bytes) ->
                    elements(bytes, count).then(elements -> files(elements, count));
            case Contents.Numbers numbers -> wrong(input, "numbers");
            case Contents.Unfit(String came) -> wrong(input, came);
            case Contents.None none -> wrong(input, "no data");
        };
    }

    private Checked<Images> files(List<byte[]> elements, int count) {
        return elements.size() == count
                ? Checked.accepted(new Images.Files(elements.stream().map(bounds::image).toList()))
                : refused(
                        "input image has the shape [%d], but %s",
                        count,
                        elements.size() > count
                                ? "more elements came"
                                : "%d elements came".formatted(elements.size()));
    }

    /** The elements of BYTES, each after its length; of too many, one more than there should be. */
    private static Checked<List<byte[]>> elements(ByteBuffer raw, int count) {
        ByteBuffer bytes = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> elements = new ArrayList<>();
        while (bytes.hasRemaining() && elements.size() <= count) {
            long length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt() & 0xffffffffL;
            if (length < 0 || length > bytes.remaining()) {
                return refused(
                        "the raw data of input image ends within element %d; each element is its"
                                + " length as four little-endian bytes, then its bytes",
                        elements.size());
            }
            byte[] element = new byte[(int) length];
            bytes.get(element);
            elements.add(element);
        }
        return Checked.accepted(elements);
    }

    private Checked<Images> pixels(InferInput input, int count) {
        return switch (input.contents()) {
            case Contents.Raw(ByteBuffer bytes) -> pixels(bytes.slice(), count);
            case Contents.Numbers(byte[] values) -> pixels(ByteBuffer.wrap(values), count);
            case Contents.Whole(byte[] element) -> pixels(ByteBuffer.wrap(element), count);
            case Contents.Elements elements -> wrong(input, "texts");
            case Contents.Unfit(String came) -> wrong(input, came);
            case Contents.None none -> wrong(input, "no data");
        };
    }

    private Checked<Images> pixels(ByteBuffer values, int count) {
        List<Long> shape = tensors.pixels().shape();
        long size = shape.subList(1, shape.size()).stream().reduce(1L, Math::multiplyExact);
        if (values.remaining() != count * size) {
            return refused(
                    "input pixels of %d images has %d elements, but %d came",
                    count, count * size, values.remaining());
        }
        byte[][] images = new byte[count][(int) size];
        Arrays.stream(images).forEach(values::get);
        return Checked.accepted(new Images.Pixels(List.of(images)));
    }

    private static Checked<Images> wrong(InferInput input, String came) {
        return refused(
                "input %s must have data of %s, but %s came", input.name(), input.datatype(), came);
    }

    private static <T> Checked<T> refused(String form, Object... values) {
        return Checked.refused(INVALID_ARGUMENT, form.formatted(clipped(values)));
    }

    /** What came from outside must not fill an answer. */
    private static Object[] clipped(Object... values) {
        return Arrays.stream(values)
                .map(value -> {
                    String text = String.valueOf(value);
                    return value instanceof Number || text.length() <= 400
                            ? value
                            : text.substring(0, 400) + "…";
                })
                .toArray();
    }
}
