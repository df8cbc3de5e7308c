#include "storage/copy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <span>
#include <stdexcept>
#include <variant>

#include <openssl/evp.h>

namespace itqan::storage {
namespace {

/// Rows that are in memory at once. Bodies have at most 256 KiB; a blob may be a whole upload.
constexpr int rows_of_a_page = 500, rows_of_a_page_with_blobs = 16;
constexpr std::size_t most_parameters_of_an_insert = 900;

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string, Bytes>;

Parameter as_parameter(Value const& value) {
    return std::visit([](auto const& held) { return bind(held); }, value);
}

Value value_at(Row const& row, int place, ColumnType type) {
    if (row.is_null(place)) return nullptr;
    switch (type) {
        case ColumnType::integer:
            return row.integer(place);
        case ColumnType::real:
            return row.real(place);
        case ColumnType::text:
            return row.string(place);
        case ColumnType::blob: {
            auto const bytes = row.blob(place);
            return Bytes(bytes.begin(), bytes.end());
        }
    }
    throw std::logic_error("a column has no type");
}

/// SHA-256 of rows, summed. Numbers are eight bytes, least significant first.
class RowSum {
  public:
    RowSum() : context_(EVP_MD_CTX_new()) {
        if (!context_) throw std::bad_alloc();
    }

    void add(std::span<Value const> row) {
        check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
        for (auto const& value : row) {
            auto const kind = static_cast<std::uint8_t>(value.index());
            put(&kind, 1);
            if (auto const* const integer = std::get_if<std::int64_t>(&value))
                put_number(static_cast<std::uint64_t>(*integer));
            if (auto const* const real = std::get_if<double>(&value)) put_number(bits_of(*real));
            if (auto const* const text = std::get_if<std::string>(&value)) put_sized(text->data(), text->size());
            if (auto const* const blob = std::get_if<Bytes>(&value)) put_sized(blob->data(), blob->size());
        }
        std::array<std::uint8_t, 32> digest{};
        check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
        unsigned carry = 0;
        for (std::size_t i = 0; i < sum_.size(); ++i) {
            carry += unsigned{sum_[i]} + digest[i];
            sum_[i] = static_cast<std::uint8_t>(carry & 0xffU);
            carry >>= 8U;
        }
        ++rows_;
    }
    TableSum result(std::string const& table) const { return {table, rows_, hex_encode(ByteView(sum_))}; }
    std::int64_t rows() const { return rows_; }

  private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    static void check(int answer) {
        if (answer != 1) throw std::runtime_error("OpenSSL cannot compute a SHA-256 digest");
    }
    static std::uint64_t bits_of(double real) {
        static_assert(sizeof(double) == sizeof(std::uint64_t));
        return std::bit_cast<std::uint64_t>(real);
    }
    void put(void const* bytes, std::size_t size) { check(EVP_DigestUpdate(context_.get(), bytes, size)); }
    void put_number(std::uint64_t number) {
        std::array<std::uint8_t, 8> bytes{};
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(number & 0xffU);
            number >>= 8U;
        }
        put(bytes.data(), bytes.size());
    }
    void put_sized(void const* bytes, std::size_t size) {
        put_number(size);
        put(bytes, size);
    }

    std::unique_ptr<EVP_MD_CTX, Free> context_;
    std::array<std::uint8_t, 32> sum_{};
    std::int64_t rows_ = 0;
};

/// "a, b" of the chosen columns.
std::string names_of(Table const& table, std::vector<std::size_t> const& places) {
    std::string names;
    for (auto const place : places)
        names.append(names.empty() ? "" : ", ").append(table.columns[place].name);
    return names;
}

std::vector<std::size_t> all_places(Table const& table) {
    std::vector<std::size_t> places(table.columns.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i] = i;
    return places;
}

/// "$1, $2" from `first` on.
std::string placeholders(std::size_t first, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text.append(i == 0 ? "$" : ", $").append(std::to_string(first + i));
    return text;
}

/// The rows of a table in pages, by key. The text of the statements comes from the migrations alone.
class PageReader {
  public:
    PageReader(Session& session, Table const& table) : session_(session), table_(table) {
        bool const has_blobs = std::any_of(table.columns.begin(), table.columns.end(),
                                           [](auto const& column) { return column.type == ColumnType::blob; });
        limit_ = has_blobs ? rows_of_a_page_with_blobs : rows_of_a_page;
        auto const key = names_of(table, table.key);
        auto const start = "SELECT " + names_of(table, all_places(table)) + " FROM " + table.name;
        auto const end = " ORDER BY " + key + " LIMIT " + std::to_string(limit_);
        auto const marks = placeholders(1, table.key.size());
        first_ = start + end;
        following_ = start + (table.key.size() == 1 ? " WHERE " + key + " > " + marks
                                                    : " WHERE (" + key + ") > (" + marks + ")");
        following_ += end;
    }

    /// The values of the next rows, one row after the other; empty at the end.
    std::vector<Value> const& next() {
        if (ended_) {
            page_.clear();
            return page_;
        }
        std::vector<Value> last;
        std::vector<Parameter> bound;
        if (!page_.empty()) {
            last.assign(page_.end() - static_cast<std::ptrdiff_t>(table_.columns.size()), page_.end());
            bound.reserve(table_.key.size());
            for (auto const place : table_.key)
                bound.push_back(as_parameter(last[place]));
        }
        page_.clear();
        session_.query_bound(last.empty() ? first_ : following_, bound, [&](Row const& row) {
            for (std::size_t i = 0; i < table_.columns.size(); ++i)
                page_.push_back(value_at(row, static_cast<int>(i), table_.columns[i].type));
        });
        ended_ = page_.size() < static_cast<std::size_t>(limit_) * table_.columns.size();
        return page_;
    }

  private:
    Session& session_;
    Table const& table_;
    int limit_ = 0;
    bool ended_ = false;
    std::string first_, following_;
    std::vector<Value> page_;
};

class PageWriter {
  public:
    explicit PageWriter(Table const& table) : width_(table.columns.size()) {
        rows_at_once_ = std::max<std::size_t>(1, std::min<std::size_t>(50, most_parameters_of_an_insert / width_));
        start_ = "INSERT INTO " + table.name + " (" + names_of(table, all_places(table)) + ") VALUES ";
        many_ = statement(rows_at_once_);
        one_ = statement(1);
    }

    void write(Database& to, std::vector<Value> const& page) const {
        std::vector<Parameter> bound;
        bound.reserve(page.size());
        for (auto const& value : page)
            bound.push_back(as_parameter(value));
        std::span<Parameter const> const all(bound);
        to.write([&](Session& session) {
            std::size_t at = 0;
            for (auto const many = rows_at_once_ * width_; at + many <= all.size(); at += many)
                session.execute_bound(many_, all.subspan(at, many));
            for (; at < all.size(); at += width_)
                session.execute_bound(one_, all.subspan(at, width_));
        });
    }

  private:
    std::string statement(std::size_t rows) const {
        auto text = start_;
        for (std::size_t row = 0; row < rows; ++row)
            text.append(row == 0 ? "(" : ", (").append(placeholders(row * width_ + 1, width_)).append(")");
        return text;
    }

    std::size_t width_;
    std::size_t rows_at_once_ = 1;
    std::string start_, many_, one_;
};

TableSum pass_over(Session& session, Table const& table, CopyProgress const& progress,
                   std::function<void(std::vector<Value> const&)> const& each_page) {
    PageReader reader(session, table);
    RowSum sum;
    auto const width = table.columns.size();
    while (true) {
        auto const& page = reader.next();
        if (page.empty()) break;
        for (std::size_t at = 0; at < page.size(); at += width)
            sum.add(std::span<Value const>(page).subspan(at, width));
        if (each_page) each_page(page);
        if (progress) progress(table.name, sum.rows());
    }
    return sum.result(table.name);
}

}  // namespace

std::vector<TableSum> sum_tables(Session& session, std::vector<Table> const& all, CopyProgress const& progress) {
    std::vector<TableSum> sums;
    sums.reserve(all.size());
    for (auto const& table : all)
        sums.push_back(pass_over(session, table, progress, nullptr));
    return sums;
}

std::vector<TableSum> copy_tables(Session& from, Database& to, std::vector<Table> const& all,
                                  CopyProgress const& progress) {
    std::vector<TableSum> sums;
    sums.reserve(all.size());
    for (auto const& table : all) {
        PageWriter const writer(table);
        sums.push_back(pass_over(from, table, progress, [&](auto const& page) { writer.write(to, page); }));
    }
    return sums;
}

std::string first_used_table(Session& session, std::vector<Table> const& all) {
    for (auto const& table : all) {
        if (table.name == "change") continue;
        bool used = false;
        session.query("SELECT 1 FROM " + table.name + " LIMIT 1", [&](Row const&) { used = true; });
        if (used) return table.name;
    }
    return {};
}

int schema_number(Session& session) {
    std::int64_t number = 0;
    session.query("SELECT coalesce(max(number), 0) FROM schema_migration",
                  [&](Row const& row) { number = row.integer(0); });
    return static_cast<int>(number);
}

}  // namespace itqan::storage
