package io.dmst.core.checkpoint;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * Height and width of a network's input in pixels; in JSON one number when both are equal, else
 * {@code [height, width]}.
 *
 * @param height pixels, at least 1
 * @param width pixels, at least 1
 */
public record ImageSize(int height, int width) {

    public ImageSize {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "image_size must be positive, not " + height + "×" + width);
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static ImageSize of(Object json) {
        if (json instanceof Integer side) {
            return new ImageSize(side, side);
        }
        if (json instanceof List<?> sides
                && sides.size() == 2
                && sides.get(0) instanceof Integer height
                && sides.get(1) instanceof Integer width) {
            return new ImageSize(height, width);
        }
        throw new IllegalArgumentException(
                "image_size must be a number or [height, width], not " + json);
    }

    @JsonValue
    Object json() {
        return height == width ? height : List.of(height, width);
    }
}
