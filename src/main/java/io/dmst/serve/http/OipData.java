package io.dmst.serve.http;

import io.dmst.serve.oip.Contents;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The data of a tensor in JSON, flat or nested: whole numbers from 0 to 255, or texts in Base64,
 * since a file's bytes are no text. Elements are kept as bytes and no more of them than can be
 * used.
 */
final class OipData {

    private final int mostTexts;
    private final ByteArrayOutputStream numbers = new ByteArrayOutputStream();
    private final List<byte[]> texts = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private int leaves = -1;
    private @Nullable String unfit;

    /**
     * @param mostTexts that a request can use; of more, one is kept as the sign of it
     */
    OipData(int mostTexts) {
        this.mostTexts = mostTexts;
    }

    /** Reads the value at which a parser stands. */
    void read(JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            array(parser, 0);
        } else {
            unfit("no list");
            parser.skipChildren();
        }
    }

    private void array(JsonParser parser, int depth) {
        while (sizes.size() <= depth) {
            sizes.add(-1);
        }
        int count = 0;
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY) {
                array(parser, depth + 1);
            } else {
                leaf(parser, depth);
            }
            count++;
        }
        if (sizes.get(depth) >= 0 && sizes.get(depth) != count) {
            unfit("lists of different lengths");
        }
        sizes.set(depth, count);
    }

    private void leaf(JsonParser parser, int depth) {
        if (leaves >= 0 && leaves != depth) {
            unfit("lists of different depths");
        }
        leaves = depth;
        switch (parser.currentToken()) {
            case VALUE_NUMBER_INT -> number(parser);
            case VALUE_STRING -> text(parser.getString());
            case VALUE_NUMBER_FLOAT -> unfit("the number " + clipped(parser.getString()));
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> unfit(parser.getString());
            default -> {
                unfit("an object");
                parser.skipChildren();
            }
        }
    }

    private void number(JsonParser parser) {
        String digits = parser.getString();
        int value = digits.length() > 3 ? -1 : Integer.parseInt(digits);
        if (value < 0 || value > 255) {
            unfit("the number " + clipped(digits));
        } else {
            numbers.write(value);
        }
    }

    private void text(String base64) {
        if (texts.size() > mostTexts) {
            return;
        }
        try {
            texts.add(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            unfit("text that is not Base64");
        }
    }

    private static String clipped(String text) {
        return text.length() <= 24 ? text : text.substring(0, 24) + "…";
    }

    private void unfit(String came) {
        if (unfit == null) {
            unfit = came;
        }
    }

    /**
     * What was read.
     *
     * @param shape that the tensor says it has; lists that are nested must be nested so
     */
    Contents contents(List<Long> shape) {
        if (unfit == null && numbers.size() > 0 && !texts.isEmpty()) {
            unfit = "numbers and texts";
        }
        if (unfit == null
                && sizes.size() > 1
                && !sizes.stream().map(Long::valueOf).toList().equals(shape)) {
            unfit = "lists nested as " + sizes;
        }
        if (unfit != null) {
            return new Contents.Unfit(unfit);
        }
        return texts.isEmpty()
                ? new Contents.Numbers(numbers.toByteArray())
                : new Contents.Elements(texts);
    }
}
