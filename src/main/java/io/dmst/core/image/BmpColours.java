package io.dmst.core.image;

/** Turns one stored value of a bitmap into a pixel packed as alpha, red, green, blue. */
@FunctionalInterface
interface BmpColours {
    int argb(long value) throws Refusal;

    /** Of entries blue, green, red and perhaps an unused byte. */
    static BmpColours palette(Bytes file, int start, int colours, int entryBytes) throws Refusal {
        int[] palette = new int[colours];
        for (int i = 0; i < colours; i++) {
            palette[i] = 0xff000000 | file.u24le(start + (long) i * entryBytes);
        }
        return value -> {
            if (value >= colours) {
                throw Refusal.invalid("the file uses a colour that its palette lacks");
            }
            return palette[(int) value];
        };
    }

    /** Of bit fields; a picture without bits for alpha is opaque. */
    static BmpColours masks(long red, long green, long blue, long alpha) throws Refusal {
        Field r = Field.of(red);
        Field g = Field.of(green);
        Field b = Field.of(blue);
        if (alpha == 0) {
            return value -> 0xff000000 | r.in(value) << 16 | g.in(value) << 8 | b.in(value);
        }
        Field a = Field.of(alpha);
        return value -> a.in(value) << 24 | r.in(value) << 16 | g.in(value) << 8 | b.in(value);
    }

    /**
     * The bits of one channel, scaled to 0 to 255.
     *
     * @param shift of its lowest bit
     * @param largest value, a power of two less one
     */
    record Field(int shift, long largest) {
        static Field of(long mask) throws Refusal {
            int shift = Long.numberOfTrailingZeros(mask);
            long largest = mask >>> shift;
            if (mask == 0 || (largest & largest + 1) != 0) {
                throw Refusal.invalid("the bitmap's mask %08x is no bit field".formatted(mask));
            }
            return new Field(shift, largest);
        }

        /** Rounded down, as Pillow does. */
        int in(long value) {
            return (int) ((value >>> shift & largest) * 255 / largest);
        }
    }
}
