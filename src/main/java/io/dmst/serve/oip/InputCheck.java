package io.dmst.serve.oip;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.UploadLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Checks the inputs of a request against those of a model. */
final class InputCheck {

    private static final String SHARED_MEMORY = "shared_memory_region";

    private final ModelTensors tensors;
    private final UploadLimits limits;

    InputCheck(ModelTensors tensors, UploadLimits limits) {
        this.tensors = tensors;
        this.limits = limits;
    }

    /**
     * The images.
     *
     * @throws FailureException that names the first wrong input
     */
    Images images(List<InferInput> inputs) {
        if (inputs.isEmpty()) {
            throw refused("the request has no inputs; the model takes %s", taken());
        }
        for (InferInput input : inputs) {
            if (tensors.inputs().stream().noneMatch(spec -> spec.name().equals(input.name()))) {
                throw refused("the model has no input \"%s\"; it takes %s", input.name(), taken());
            }
        }
        if (inputs.size() > 1) {
            throw refused(
                    "%d inputs came, but image and pixels are two ways to give the same one; send"
                            + " one of them",
                    inputs.size());
        }
        InferInput input = inputs.getFirst();
        TensorSpec spec =
                input.name().equals(ModelTensors.IMAGE) ? tensors.image() : tensors.pixels();
        int count = form(input, spec);
        limits.count(count);
        return spec == tensors.image() ? files(input, count) : pixels(input, count);
    }

    private String taken() {
        return tensors.inputs().stream()
                .map(TensorSpec::toString)
                .collect(Collectors.joining(" or "));
    }

    /** The batch size, of an input with the right datatype and shape. */
    private static int form(InferInput input, TensorSpec spec) {
        if (input.parameters().contains(SHARED_MEMORY)) {
            throw refused("input %s is in shared memory; send the data itself", spec.name());
        }
        if (Datatype.named(input.datatype()).isEmpty()) {
            throw refused(
                    "input %s has the datatype \"%s\"; the datatypes are %s",
                    spec.name(), input.datatype(), Datatype.names());
        }
        if (!input.datatype().equals(spec.datatype().name())) {
            throw refused(
                    "input %s must be %s, not %s", spec.name(), spec.datatype(), input.datatype());
        }
        List<Long> shape = input.shape();
        boolean fits =
                shape.size() == spec.shape().size()
                        && shape.subList(1, shape.size())
                                .equals(spec.shape().subList(1, shape.size()));
        if (!fits || shape.getFirst() < 1) {
            throw refused(
                    "input %s must have the shape %s with at least one image, not %s",
                    spec.name(), spec.shape(), shape);
        }
        return (int) Math.min(Integer.MAX_VALUE, shape.getFirst());
    }

    private Images files(InferInput input, int count) {
        return switch (input.contents()) {
            case Contents.Elements(List<byte[]> elements) -> files(elements, count);
            case Contents.Whole(byte[] element) -> files(List.of(element), count);
            case Contents.Raw(ByteBuffer bytes) -> files(elements(bytes, count), count);
            case Contents.Numbers numbers -> throw wrong(input, "numbers");
            case Contents.Unfit(String came) -> throw wrong(input, came);
            case Contents.None none -> throw wrong(input, "no data");
        };
    }

    private Images files(List<byte[]> elements, int count) {
        if (elements.size() != count) {
            throw refused(
                    "input image has the shape [%d], but %s",
                    count,
                    elements.size() > count
                            ? "more elements came"
                            : "%d elements came".formatted(elements.size()));
        }
        return new Images.Files(
                elements.stream()
                        .map(element -> limits.image(element.length, () -> element))
                        .toList());
    }

    /** The elements of BYTES, each after its length; of too many, one more than there should be. */
    private static List<byte[]> elements(ByteBuffer raw, int count) {
        ByteBuffer bytes = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> elements = new ArrayList<>();
        while (bytes.hasRemaining() && elements.size() <= count) {
            long length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt() & 0xffffffffL;
            if (length < 0 || length > bytes.remaining()) {
                throw refused(
                        "the raw data of input image ends within element %d; each element is its"
                                + " length as four little-endian bytes, then its bytes",
                        elements.size());
            }
            byte[] element = new byte[(int) length];
            bytes.get(element);
            elements.add(element);
        }
        return elements;
    }

    private Images pixels(InferInput input, int count) {
        return switch (input.contents()) {
            case Contents.Raw(ByteBuffer bytes) -> pixels(bytes.slice(), count);
            case Contents.Numbers(byte[] values) -> pixels(ByteBuffer.wrap(values), count);
            case Contents.Whole(byte[] element) -> pixels(ByteBuffer.wrap(element), count);
            case Contents.Elements elements -> throw wrong(input, "texts");
            case Contents.Unfit(String came) -> throw wrong(input, came);
            case Contents.None none -> throw wrong(input, "no data");
        };
    }

    private Images pixels(ByteBuffer values, int count) {
        List<Long> shape = tensors.pixels().shape();
        long size = shape.subList(1, shape.size()).stream().reduce(1L, Math::multiplyExact);
        if (values.remaining() != count * size) {
            throw refused(
                    "input pixels of %d images has %d elements, but %d came",
                    count, count * size, values.remaining());
        }
        byte[][] images = new byte[count][(int) size];
        Arrays.stream(images).forEach(values::get);
        return new Images.Pixels(List.of(images));
    }

    private static FailureException wrong(InferInput input, String came) {
        return refused(
                "input %s must have data of %s, but %s came", input.name(), input.datatype(), came);
    }

    private static FailureException refused(String form, Object... values) {
        return new FailureException(INVALID_ARGUMENT, form.formatted(clipped(values)));
    }

    /** Text of a client must not fill an answer. */
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
