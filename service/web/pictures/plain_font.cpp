#include "service/web/pictures/plain_font.hpp"

#include <memory>
#include <stdexcept>
#include <vector>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_TRUETYPE_TABLES_H

namespace itqan::web {
namespace {

void put(std::string& out, unsigned long value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out += static_cast<char>((value >> shift) & 0xff);
}

struct Table {
    FT_ULong tag = 0;
    std::string bytes;
};

std::vector<Table> tables_of(FT_Face face) {
    FT_ULong count = 0;
    FT_Sfnt_Table_Info(face, 0, nullptr, &count);
    std::vector<Table> tables;
    for (FT_UInt index = 0; index < count; ++index) {
        Table table;
        FT_ULong length = 0;
        if (FT_Sfnt_Table_Info(face, index, &table.tag, &length) != 0) continue;
        table.bytes.resize(length);
        if (length > 0 &&
            FT_Load_Sfnt_Table(face, table.tag, 0, reinterpret_cast<FT_Byte*>(table.bytes.data()), &length) != 0)
            throw std::runtime_error("a font's table cannot be unpacked");
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace

std::string plain_font(std::string_view woff2) {
    FT_Library raw_library = nullptr;
    if (FT_Init_FreeType(&raw_library) != 0) throw std::runtime_error("FreeType does not start");
    std::unique_ptr<FT_LibraryRec_, FT_Error (*)(FT_Library)> const library(raw_library, FT_Done_FreeType);
    FT_Face raw_face = nullptr;
    if (FT_New_Memory_Face(library.get(), reinterpret_cast<FT_Byte const*>(woff2.data()),
                           static_cast<FT_Long>(woff2.size()), 0, &raw_face) != 0)
        throw std::runtime_error("a font cannot be read");
    std::unique_ptr<FT_FaceRec_, FT_Error (*)(FT_Face)> const face(raw_face, FT_Done_Face);

    auto const tables = tables_of(face.get());
    // OpenType 1.9, "Table Directory". Nobody who reads it here checks sums or searches by halves.
    std::string font;
    put(font, 0x00010000, 4);
    put(font, tables.size(), 2);
    put(font, 0, 6);
    std::size_t offset = 12 + 16 * tables.size();
    for (auto const& table : tables) {
        put(font, table.tag, 4);
        put(font, 0, 4);
        put(font, offset, 4);
        put(font, table.bytes.size(), 4);
        offset += (table.bytes.size() + 3) / 4 * 4;
    }
    for (auto const& table : tables) {
        font += table.bytes;
        font.append((4 - table.bytes.size() % 4) % 4, '\0');
    }
    return font;
}

}  // namespace itqan::web
