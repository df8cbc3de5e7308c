// What parts cost beside what one would take otherwise, in the same process and in turn: one line "name figure" each.
//   part_bench pictures FILE.png   CPU microseconds: a credential put into the picture by us; libpng reading and
//   writing it part_bench status              CPU microseconds: a list of 131 072 bits, 1 % set, packed by us; zlib's
//   level 6 alone part_bench commits SECONDS     rows of 2 KB, one in a commit, in SQLite as the service opens it (WAL,
//   FULL), without
//                                  anything of ours around it: rows a second, and the median's microseconds

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <png.h>
#include <sqlite3.h>
#include <zlib.h>

#include "crypto/bake.hpp"
#include "crypto/status_list.hpp"
#include "schemas/bytes.hpp"

using namespace itqan;

namespace {

void require(bool holds, std::string const& what) {
    if (!holds) throw std::runtime_error(what);
}

double cpu_microseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Of one call, over at least a fifth of a second.
template <typename Work>
double cost(Work work) {
    work();
    auto const began = cpu_microseconds();
    double spent = 0;
    std::size_t done = 0;
    while (spent < 200'000) {
        work();
        ++done;
        spent = cpu_microseconds() - began;
    }
    return spent / static_cast<double>(done);
}

/// What whoever does not splice does: every pixel is read and written again, the credential as a text of libpng's.
Bytes recode(Bytes const& png, std::string& credential) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    require(png_image_begin_read_from_memory(&image, png.data(), png.size()) != 0, "libpng reads no picture");
    image.format = PNG_FORMAT_RGBA;
    std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
    require(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0, "libpng reads no pixels");

    auto* writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    auto* info = png_create_info_struct(writer);
    Bytes out;
    png_set_write_fn(
        writer, &out,
        [](png_structp to, png_bytep bytes, png_size_t count) {
            auto& all = *static_cast<Bytes*>(png_get_io_ptr(to));
            all.insert(all.end(), bytes, bytes + count);
        },
        nullptr);
    png_set_IHDR(writer, info, image.width, image.height, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    std::string keyword = "openbadgecredential";
    std::string none;
    png_text text{};
    text.compression = PNG_ITXT_COMPRESSION_NONE;
    text.key = keyword.data();
    text.text = credential.data();
    text.itxt_length = credential.size();
    text.lang = none.data();
    text.lang_key = none.data();
    png_set_text(writer, info, &text, 1);
    png_write_info(writer, info);
    for (std::size_t row = 0; row < image.height; ++row)
        png_write_row(writer, pixels.data() + row * 4 * image.width);
    png_write_end(writer, nullptr);
    png_destroy_write_struct(&writer, &info);
    return out;
}

void pictures(std::string const& file) {
    std::ifstream in(file, std::ios::binary);
    Bytes const png{std::istreambuf_iterator<char>(in), {}};
    std::string credential(2'840, 'c');
    auto const other = recode(png, credential);
    auto const found = crypto::extract_png(other);
    require(found && found->credential == credential, "what libpng wrote carries no credential");
    std::printf("png-bake %.2f\n",
                cost([&] { require(static_cast<bool>(crypto::bake_png(png, credential)), "no picture"); }));
    std::printf("png-recode %.1f\n", cost([&] { recode(png, credential); }));
}

Bytes deflated(Bytes const& bytes) {
    z_stream stream{};
    require(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "no zlib");
    Bytes packed(deflateBound(&stream, static_cast<uLong>(bytes.size())));
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib packs nothing");
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

void status() {
    crypto::StatusList list;
    Bytes bits(crypto::StatusList::minimum_bits / 8);
    std::mt19937 numbers(1);
    for (int i = 0; i < 1'311; ++i) {
        auto const at = numbers() % crypto::StatusList::minimum_bits;
        list.set(at);
        bits[at / 8] = static_cast<std::uint8_t>(bits[at / 8] | (0x80U >> (at % 8)));
    }
    std::printf("status-encode %.1f\n", cost([&] { require(!list.encode().empty(), "no list"); }));
    std::printf("zlib-6 %.1f\n", cost([&] { require(!deflated(bits).empty(), "no list"); }));
    std::printf("status-bytes %zu\nzlib-bytes %zu\n", list.encode().size() * 3 / 4, deflated(bits).size());
}

void commits(double seconds) {
    auto folder = (std::filesystem::temp_directory_path() / "itqan-bench-XXXXXX").string();
    require(::mkdtemp(folder.data()) != nullptr, "no folder for the database");
    struct Remover {
        std::string const& folder;
        ~Remover() { std::filesystem::remove_all(folder); }
    } const remover{folder};
    sqlite3* opened = nullptr;
    require(sqlite3_open((folder + "/rows.db").c_str(), &opened) == SQLITE_OK, "no database");
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> const database(opened, sqlite3_close);
    auto const execute = [&](char const* sql) {
        require(sqlite3_exec(opened, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(opened));
    };
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = FULL");
    execute("CREATE TABLE document (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT");
    sqlite3_stmt* prepared = nullptr;
    sqlite3_prepare_v2(opened, "INSERT INTO document VALUES (?, ?)", -1, &prepared, nullptr);
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> const insert(prepared, sqlite3_finalize);
    std::string const body(2'048, 'x');
    std::mt19937_64 numbers(1);

    using Clock = std::chrono::steady_clock;
    std::vector<double> took;
    auto const began = Clock::now();
    auto const spent = [](Clock::time_point since) {
        return std::chrono::duration<double>(Clock::now() - since).count();
    };
    while (spent(began) < seconds) {
        auto const id = std::to_string(numbers());
        auto const before = Clock::now();
        sqlite3_bind_text(prepared, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
        sqlite3_bind_text(prepared, 2, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
        require(sqlite3_step(prepared) == SQLITE_DONE, sqlite3_errmsg(opened));
        sqlite3_reset(prepared);
        took.push_back(spent(before) * 1e6);
    }
    auto const whole = spent(began);
    std::nth_element(took.begin(), took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2), took.end());
    std::printf("commits %.0f\ncommit-p50 %.1f\n", static_cast<double>(took.size()) / whole, took[took.size() / 2]);
}

void run(std::vector<std::string> const& words) {
    if (words.size() == 2 && words[0] == "pictures")
        pictures(words[1]);
    else if (words.size() == 1 && words[0] == "status")
        status();
    else if (words.size() == 2 && words[0] == "commits")
        commits(std::stod(words[1]));
    else
        throw std::runtime_error("usage: part_bench pictures FILE.png | status | commits SECONDS");
}

}  // namespace

int main(int count, char** words) try {
    run({words + 1, words + count});
    return 0;
} catch (std::exception const& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
