#include <array>
#include <cmath>

#include "service/domain/rule_words_language.hpp"

namespace itqan::domain {
namespace {

constexpr std::array<std::string_view, 12> months{"يناير", "فبراير", "مارس",   "أبريل",  "مايو",   "يونيو",
                                                  "يوليو", "أغسطس",  "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"};

/// The forms of a counted noun by CLDR category. `one` and `two` stand without the number; zero counts as other.
struct Counted {
    std::string_view one, two, few, many, other;
};

/// CLDR plural rules for Arabic; fractions are "other".
std::string counted(double count, Counted const& noun) {
    if (count == 1) return std::string(noun.one);
    if (count == 2) return std::string(noun.two);
    auto form = noun.other;
    if (count == std::floor(count)) {
        auto const last_two = static_cast<long long>(count) % 100;
        if (last_two >= 3 && last_two <= 10)
            form = noun.few;
        else if (last_two >= 11)
            form = noun.many;
    }
    return number_in_words(count) + " " + std::string(form);
}

// After a preposition or as an object; the subject forms differ in the dual.
constexpr Counted hours_object{"ساعة واحدة", "ساعتين", "ساعات", "ساعة", "ساعة"};
constexpr Counted hours_subject{"ساعة واحدة", "ساعتان", "ساعات", "ساعة", "ساعة"};
constexpr Counted months_object{"شهر واحد", "شهرين", "أشهر", "شهرًا", "شهر"};
constexpr Counted last_days{"اليوم الأخير", "آخر يومين", "أيام", "يومًا", "يوم"};
constexpr Counted last_months{"الشهر الأخير", "آخر شهرين", "أشهر", "شهرًا", "شهر"};
constexpr Counted last_years{"السنة الأخيرة", "آخر سنتين", "سنوات", "سنة", "سنة"};
constexpr Counted elements{"عنصر واحد", "عنصران", "عناصر", "عنصرًا", "عنصر"};
constexpr Counted mentors{"جهة إرشاد واحدة", "جهتَي إرشاد مختلفتين", "جهات إرشاد مختلفة", "جهة إرشاد مختلفة",
                          "جهة إرشاد مختلفة"};
constexpr Counted assessors{"جهة تقييم واحدة", "جهتَي تقييم مختلفتين", "جهات تقييم مختلفة", "جهة تقييم مختلفة",
                            "جهة تقييم مختلفة"};
constexpr Counted signoffs{"اعتماد واحد", "اعتمادين", "اعتمادات", "اعتمادًا", "اعتماد"};
constexpr Counted decisions{"قرار واحد", "قرارين", "قرارات", "قرارًا", "قرار"};

std::string group_name(std::string const& group) {
    if (group == "C") return "الرعاية السريرية";
    if (group == "I") return "المعلوماتية الصحية";
    if (group == "T") return "تقنية المعلومات والهندسة";
    return "الإدارة والبيانات والجودة";
}

std::string quoted(std::string const& name) {
    return "«" + name + "»";
}

std::string coded(CodedName const& named) {
    return quoted(named.name) + " (" + named.code + ")";
}

std::string level_or_above(LevelWords const& level) {
    auto const name = level.name.empty() ? "" : " (" + level.name + ")";
    return "المستوى " + std::to_string(level.level) + name + (level.level < 5 ? " أو أعلى" : "");
}

class Arabic final : public RuleLanguage {
  public:
    std::string branch(schemas::Operator op, int n) const override {
        if (op == schemas::Operator::all) return "جميع ما يلي:";
        return counted(op == schemas::Operator::any ? 1 : n, elements) + " على الأقل مما يلي:";
    }

    std::string no_conditions() const override { return "لا شروط."; }

    std::string competency(CodedName const& competency, LevelWords const& level) const override {
        return "كفاءة " + coded(competency) + ": " + level_or_above(level);
    }

    std::string completion(std::string const& activity, std::optional<double> score,
                           std::optional<std::string> const& grade, std::optional<double> hours) const override {
        auto text = "اجتياز " + quoted(activity);
        if (score) text += "، بدرجة " + number_in_words(*score) + " أو أكثر";
        if (grade) text += "، بتقدير " + *grade + " أو أعلى";
        if (hours) text += "، بحضور " + counted(*hours, hours_object) + " على الأقل";
        return text;
    }

    std::string study(CodedName const& domain, double hours) const override {
        return "دراسة " + counted(hours, hours_object) + " على الأقل في مجال " + coded(domain);
    }

    std::string badge(std::string const& achievement) const override { return "شارة " + quoted(achievement); }

    std::string signoff(CodedName const& competency, LevelWords const& level, int count) const override {
        return "اعتماد في العمل لكفاءة " + coded(competency) + ": " + level_or_above(level) + "، من " +
               counted(count, mentors);
    }

    std::string entrustment(std::string const& epa, LevelWords const& level, int count) const override {
        return "قرار ائتمان بشأن " + quoted(epa) + ": " + level_or_above(level) + "، من " + counted(count, assessors);
    }

    std::string experience(int count, std::vector<std::string> const& groups,
                           std::optional<std::string> const& role) const override {
        auto text = "خبرة " + counted(count, months_object) + " على الأقل";
        if (role) text += " في دور " + quoted(*role);
        for (std::size_t i = 0; i < groups.size(); ++i)
            text += (i == 0 ? " في " : " أو ") + group_name(groups[i]);
        return text;
    }

    std::string within(Period period) const override {
        auto const& unit = period.unit == 'D' ? last_days : period.unit == 'M' ? last_months : last_years;
        return std::string("، خلال ") + (period.count > 2 ? "آخر " : "") + counted(period.count, unit);
    }

    std::string held_until(Day last) const override { return "متحقق حتى " + day(last); }
    std::string held() const override { return "متحقق بلا تاريخ انتهاء"; }

    std::string waiting(std::string_view leaf) const override {
        if (leaf == "signoff") return "طلب قائم بانتظار التأكيد";
        if (leaf == "entrustment") return "مقترح بانتظار التأكيد";
        return leaf.empty() || leaf == "badge" ? "بانتظار التأكيد" : "مسجَّل بانتظار التأكيد";
    }

    std::string so_far(std::string_view leaf, double have, double need, bool has_evidence) const override {
        auto const ratio = number_in_words(have) + " من " + number_in_words(need);
        if (leaf == "completion") return has_evidence && have < need ? "أعلى درجة " + ratio : "";
        if (leaf == "competency") return "المستوى " + ratio;
        if (leaf == "hours") return number_in_words(have) + " من " + counted(need, hours_object);
        if (leaf == "experience") return number_in_words(have) + " من " + counted(need, months_object);
        if (leaf == "signoff") return number_in_words(have) + " من " + counted(need, signoffs);
        if (leaf == "entrustment") return number_in_words(have) + " من " + counted(need, decisions);
        return leaf == "badge" ? "غير متحققة بعد" : "";
    }

    std::string hours_to_go(double hours) const override { return "المتبقي " + counted(hours, hours_subject); }
    std::string no_way() const override { return "غير قابل للتحقق"; }
    std::string_view comma() const override { return "، "; }

    std::string day(Day day) const override { return std::to_string(day.day_of_month()) + " " + month(day); }
    std::string month(Day day) const override {
        return std::string(months.at(day.month() - 1)) + " " + std::to_string(day.year());
    }
};

}  // namespace

RuleLanguage const& arabic() {
    static Arabic const language;
    return language;
}

}  // namespace itqan::domain
